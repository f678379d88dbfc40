import { percent } from "../core/text-table.js";
import type { InferenceRow } from "../dataset/tables.js";
import { type Design, deviceName, miniBatchSizesAt } from "../design/design.js";
import type { ChosenTrial, MeasuredTrials } from "../measure/trial-chooser.js";
import { DECIDED, type Step } from "./next-process.js";
import { decidedEach, partToMeasure } from "./part-to-measure.js";
import { type PartEvidence, type PlanPart, partEvidence } from "./plan-part.js";
import { answerOf, planSentences, type ToldPart } from "./plan-sentences.js";
import { SHORT_PROCESS } from "./short-process.js";
import { standingIn, unmeasuredIn } from "./standing-in.js";
import { TimeSpent } from "./time-spent.js";
import { isOf } from "./trial-outcomes.js";
import type { UntilChooser, UntilEnd } from "./until-chooser.js";

/** A plan's question that a sweep measures until it is decided. */
export interface PlanGoal {
  /** As it was asked: rows of the dataset name it so. */
  readonly text: string;
  /** What must be decided: a mini-batch size for each kind of device and input size. */
  readonly parts: readonly PlanPart[];
  /** How long trials for it may take together, those of earlier runs included. */
  readonly budgetMs: number;
  /** So many processes of repeated mini-batch sizes are wanted of each part, as a confidence needs; 0 for none. */
  readonly leastRepeated: number;
}

/** Chooses trials until a plan's question is decided. */
export interface PlanChooser extends UntilChooser {
  /** How the parts of the question stand, in their order. */
  steps(): readonly Step[];
}

type Measuring = Extract<Step, { readonly kind: "measure" }>;

/**
 * A chooser for a question to a design, which has its input sizes and its devices.
 *
 * Each part is decided with a probability whose power by their number is 95 %, so that all of them are together.
 */
export function planChooser(design: Design, goal: PlanGoal): PlanChooser {
  const parts = goal.parts.map((part) => {
    const { inputSizePx, maxMiniBatchSize = Number.POSITIVE_INFINITY } = part;
    return partEvidence(
      part,
      miniBatchSizesAt(design, inputSizePx).filter((size) => size <= maxMiniBatchSize),
    );
  });
  const spent = new TimeSpent(goal.text);
  const { budgetMs, leastRepeated } = goal;
  const decidedFrom = decidedEach(DECIDED, parts.length);
  const steps = () => {
    const spending = { spentMs: spent.ms, budgetMs, leastRepeated, decidedFrom, seed: design.seed };
    return parts.map((part) => part.step(spending));
  };
  return {
    steps,
    learn(measured: MeasuredTrials) {
      const own = measured.trials.filter((trial) => goal.parts.some((part) => isOf(trial, part)));
      const ids = new Set(own.map(({ trialId }) => trialId));
      const inferences: InferenceRow[] = [];
      for (const inference of measured.inferences) if (ids.has(inference.trialId)) inferences.push(inference);
      for (const part of parts) part.learn({ ...measured, inferences });
      spent.add(measured.choices);
    },
    next(): ChosenTrial | undefined {
      const now = steps();
      const place = partToMeasure(now);
      const [part, step] = place === undefined ? [] : [parts[place], now[place]];
      if (part === undefined || step?.kind !== "measure") return undefined;
      return { ...chosen(goal, part, step), leftMs: leftOf(now, budgetMs - spent.ms) };
    },
    end(): UntilEnd {
      const now = steps();
      const all = goal.parts.flatMap((part, index): ToldPart[] => {
        const step = now[index];
        return step === undefined ? [] : [{ part, name: partName(goal, part), step }];
      });
      return {
        isDecided: all.every(({ step }) => step.kind === "decided"),
        spentMs: spent.ms,
        trials: spent.trials,
        figures: figuresOf(all),
        sentences: planSentences(all, { budgetMs, spentMs: spent.ms }),
      };
    },
  };
}

/** What tells a part from the others of a question; nothing of the only one. */
function partName({ parts }: PlanGoal, part: PlanPart): string {
  if (parts.length === 1) return "";
  const alike = parts.filter((other) => placeName(other) === placeName(part));
  return alike.length === 1 ? placeName(part) : [placeName(part), ...limitsOf(part)].join(", ");
}

function placeName({ device, inputSizePx }: PlanPart): string {
  return `${deviceName(device)}, ${inputSizePx} px`;
}

function limitsOf({ maxMiniBatchSize, question: { maxUses, images } }: PlanPart): string[] {
  return [
    ...(maxMiniBatchSize === undefined ? [] : [`up to mini-batch size ${maxMiniBatchSize}`]),
    ...(Number.isFinite(maxUses) ? [`at most ${maxUses} uses`] : []),
    ...(images > 0 ? [`${images} images`] : []),
  ];
}

/** How much longer all parts seem to take, and no more than there is; undefined while that is not known of one. */
function leftOf(steps: readonly Step[], budgetLeftMs: number): number | undefined {
  let sumMs = 0;
  for (const step of steps) {
    if (step.kind !== "measure") continue;
    if (step.needed === undefined) return undefined;
    sumMs += step.needed.timeMs;
  }
  return Math.min(sumMs, Math.max(0, budgetLeftMs));
}

function chosen(goal: PlanGoal, evidence: PartEvidence, step: Measuring): Omit<ChosenTrial, "leftMs"> {
  const { standing, reason, miniBatchSize } = step;
  const { part } = evidence;
  const name = partName(goal, part);
  const answer =
    standing && `mini-batch ${standing.leader}, ${answerOf(part, standing.capacity)}, ${surenessSoFar(step)}`;
  return {
    planned: evidence.trialOf(miniBatchSize),
    measuring: SHORT_PROCESS,
    choice: {
      question: goal.text,
      reason,
      because: becauseOf(step),
      answerMiniBatchSize: standing?.leader,
      probability: reason === "first look" ? undefined : standing?.probability,
    },
    answer: answer && (name === "" ? answer : `${name}: ${answer}`),
  };
}

/** While candidates are unmeasured nothing is known of how sure an answer is. */
function surenessSoFar({ reason, standing }: Measuring): string {
  return reason === "first look" ? "of those measured" : `${percent(standing?.probability)} % sure`;
}

function becauseOf({ miniBatchSize, reason, standing }: Measuring): string {
  const { leader, runnerUp, probability } = standing ?? {};
  const others = runnerUp === undefined ? "" : `; ${runnerUp.miniBatchSize} may be better`;
  switch (reason) {
    case "first look":
      return `mini-batch ${miniBatchSize} was not measured yet`;
    case "memory edge":
      return `memory ends above the largest that ran, and the answer may lie between; now it is ${leader}`;
    case "leader":
      return `the answer so far, ${percent(probability)} % sure${others}`;
    default:
      return `may be better than ${leader}, by ${percent(runnerUp?.expectedGain)} % in the mean of what is possible`;
  }
}

/** Of the only part its figures; of several the probability of all, if all were measured, and each with its figures. */
function figuresOf(told: readonly ToldPart[]): Record<string, unknown> {
  const [only] = told;
  if (told.length === 1 && only !== undefined) return stepFigures(only.step);
  const isMeasured = told.every(({ step }) => unmeasuredIn(step).length === 0);
  return {
    ...(isMeasured && {
      probability: told.reduce((product, { step }) => product * (standingIn(step)?.probability ?? 0), 1),
    }),
    parts: told.map(({ part, step }) => ({
      device: deviceName(part.device),
      input_size_px: part.inputSizePx,
      ...(part.maxMiniBatchSize !== undefined && { max_mini_batch_size: part.maxMiniBatchSize }),
      ...(Number.isFinite(part.question.maxUses) && { max_uses: part.question.maxUses }),
      decided: step.kind === "decided",
      ...stepFigures(step),
    })),
  };
}

function stepFigures(step: Step): Record<string, unknown> {
  const standing = standingIn(step);
  if (standing === undefined) return {};
  const { leader, probability, meanRegret, runnerUp } = standing;
  const ended = step.kind === "undecided" && { budget_is_spent: step.isSpent, failing_mini_batch_size: step.failing };
  const unmeasured = unmeasuredIn(step);
  // How sure it is, and what it would take, nobody knows before all candidates were looked at.
  if (unmeasured.length > 0) return { mini_batch_size: leader, unmeasured_mini_batch_sizes: unmeasured, ...ended };
  const needed = "needed" in step ? step.needed : undefined;
  return {
    mini_batch_size: leader,
    probability,
    mean_regret: meanRegret,
    ...(runnerUp && { runner_up_mini_batch_size: runnerUp.miniBatchSize, runner_up_log_ratio: runnerUp.logRatio }),
    ...ended,
    ...(needed && { trials_needed: Math.max(needed.processes, needed.repeats), needed_ms: needed.timeMs }),
  };
}
