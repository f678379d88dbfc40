import { percent } from "../core/text-table.js";
import { type PlannedTrial, plannedTrial } from "../design/cells.js";
import { type Design, miniBatchSizesAt } from "../design/design.js";
import type { ChosenTrial, MeasuredTrials } from "../measure/trial-chooser.js";
import { declaredCandidates } from "./candidates.js";
import type { DecisionQuestion } from "./decision-question.js";
import { nextProcess, type Step } from "./next-process.js";
import { answerOf, planSentences } from "./plan-sentences.js";
import type { ProcessOutcome } from "./process-outcome.js";
import { SHORT_PROCESS } from "./short-process.js";
import { standingIn } from "./standing-in.js";
import { TimeSpent } from "./time-spent.js";
import { isOf, type OutcomePlace, trialOutcomes } from "./trial-outcomes.js";
import type { UntilChooser, UntilEnd } from "./until-chooser.js";

/** A plan's question that a sweep measures until it is decided. */
export interface PlanGoal extends OutcomePlace {
  /** As it was asked: rows of the dataset name it so. */
  readonly text: string;
  readonly question: DecisionQuestion;
  /** How many alike devices there are. */
  readonly devices: number;
  /** How long trials for it may take together, those of earlier runs included. */
  readonly budgetMs: number;
  /** So many processes of repeated mini-batch sizes are wanted, which a confidence needs; 0 for any number. */
  readonly leastRepeated: number;
}

/** Chooses trials until a plan's question is decided. */
export interface PlanChooser extends UntilChooser {
  /** How the question stands. */
  step(): Step;
}

/** A chooser for a question to a design, which has its input size and its device. */
export function planChooser(design: Design, goal: PlanGoal): PlanChooser {
  const candidates = declaredCandidates(miniBatchSizesAt(design, goal.inputSizePx));
  const outcomes: ProcessOutcome[] = [];
  const lastTrial = new Map<number, number>();
  const spent = new TimeSpent(goal.text);
  const step = () => {
    const { question, budgetMs, leastRepeated } = goal;
    const { seed } = design;
    return nextProcess({ question, candidates, outcomes, spentMs: spent.ms, budgetMs, leastRepeated, seed });
  };
  return {
    step,
    learn(measured: MeasuredTrials) {
      outcomes.push(...trialOutcomes(measured, goal));
      for (const { miniBatchSize, trial } of measured.trials.filter((row) => isOf(row, goal))) {
        lastTrial.set(miniBatchSize, Math.max(trial, lastTrial.get(miniBatchSize) ?? 0));
      }
      spent.add(measured.choices);
    },
    next(): ChosenTrial | undefined {
      const now = step();
      if (now.kind !== "measure") return undefined;
      const cell = { inputSizePx: goal.inputSizePx, miniBatchSize: now.miniBatchSize, device: goal.device };
      const planned = plannedTrial(cell, (lastTrial.get(now.miniBatchSize) ?? 0) + 1);
      return chosen(goal, planned, now, spent.ms);
    },
    end(): UntilEnd {
      const now = step();
      return {
        isDecided: now.kind === "decided",
        spentMs: spent.ms,
        trials: spent.trials,
        figures: figuresOf(now),
        sentences: planSentences(goal, now),
      };
    },
  };
}

function chosen(
  goal: PlanGoal,
  planned: PlannedTrial,
  step: Extract<Step, { readonly kind: "measure" }>,
  spentMs: number,
): ChosenTrial {
  const { standing, needed, reason } = step;
  return {
    planned,
    stopping: SHORT_PROCESS,
    choice: {
      question: goal.text,
      reason,
      because: becauseOf(step),
      answerMiniBatchSize: standing?.leader,
      probability: reason === "first look" ? undefined : standing?.probability,
    },
    answer: standing && `mini-batch ${standing.leader}, ${answerOf(goal, standing.capacity)}, ${surenessSoFar(step)}`,
    leftMs: needed && Math.min(needed.timeMs, Math.max(0, goal.budgetMs - spentMs)),
  };
}

/** While candidates are unmeasured nothing is known of how sure an answer is. */
function surenessSoFar({ reason, standing }: Extract<Step, { readonly kind: "measure" }>): string {
  return reason === "first look" ? "of those measured" : `${percent(standing?.probability)} % sure`;
}

function becauseOf({ miniBatchSize, reason, standing }: Extract<Step, { readonly kind: "measure" }>): string {
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

function figuresOf(step: Step): Record<string, number> {
  const standing = standingIn(step);
  if (standing === undefined) return {};
  const { probability, meanRegret, runnerUp } = standing;
  const needed = "needed" in step ? step.needed : undefined;
  return {
    probability,
    mean_regret: meanRegret,
    ...(runnerUp && { runner_up_mini_batch_size: runnerUp.miniBatchSize, runner_up_log_ratio: runnerUp.logRatio }),
    ...(needed && { trials_needed: needed.processes, needed_ms: needed.timeMs }),
  };
}
