import { counted } from "../core/counted.js";
import { percent } from "../core/text-table.js";
import { formatDuration } from "../core/units.js";
import type { DecisionQuestion } from "./decision-question.js";
import type { Step } from "./next-process.js";
import type { PlanPart } from "./plan-part.js";
import { LEAST_CAPACITY, type Standing } from "./standing.js";
import { standingIn, unmeasuredIn } from "./standing-in.js";
import type { StillNeeded } from "./still-needed.js";

/** A part of a question, and how it stands. */
export interface ToldPart {
  readonly part: PlanPart;
  /** What tells it from others; empty of the only one. */
  readonly name: string;
  readonly step: Step;
}

/** What a plan comes to by a capacity of one device, typically. */
export function answerOf({ question, devices }: Pick<PlanPart, "question" | "devices">, capacity: number): string {
  const isRate = question.energy !== undefined || question.timeMs === Number.POSITIVE_INFINITY;
  if (capacity < (isRate ? LEAST_CAPACITY : 1)) return "not one image fits a device";
  if (question.energy !== undefined) return `about ${Number(capacity.toPrecision(3))} images/kJ`;
  if (question.timeMs === Number.POSITIVE_INFINITY)
    return `about ${Number(capacity.toPrecision(3))} images/s of a device`;
  if (question.objective === "images") return `about ${Math.round(devices * capacity)} images`;
  return `about ${counted(Math.ceil(question.images / capacity), "device")}`;
}

/** How long trials may take, and took. */
export interface SpentBudget {
  readonly budgetMs: number;
  readonly spentMs: number;
}

/** How a question ended, a line each: the answers, how sure they are, and what more it would take. */
export function planSentences(told: readonly ToldPart[], budget: SpentBudget): string[] {
  return told.flatMap(({ part, name, step }) => {
    const [first = "", ...others] = partSentences(part, step, budget);
    return [name === "" ? first : `${name}: ${first}`, ...others];
  });
}

function partSentences(part: PlanPart, step: Step, budget: SpentBudget): string[] {
  const { question } = part;
  const standing = standingIn(step);
  if (standing === undefined) return [`undecided: no mini-batch size ran${whyNone(step)}`];
  const unmeasured = unmeasuredIn(step);
  const sureness =
    unmeasured.length === 0
      ? surenessOf(question, standing)
      : `the best of those measured, without mini-batch size ${unmeasured.join(", ")}`;
  const answer = `mini-batch size ${standing.leader}, ${answerOf(part, standing.capacity)}; ${sureness}`;
  if (step.kind === "decided") return [`decided: ${answer}`];
  return [
    step.kind === "undecided" ? `undecided, ${whyEnded(step, budget)}: ${answer}` : `not decided yet: ${answer}`,
    // What the others would change nobody knows.
    ...(unmeasured.length === 0 ? openLines(question, standing, step) : []),
  ];
}

function whyNone(step: Step): string {
  if (step.kind !== "nothing ran" || step.smallestRanOut === Number.POSITIVE_INFINITY) return "";
  return `: mini-batch size ${step.smallestRanOut} ran out of memory, which a larger budget won't change`;
}

function whyEnded(
  { isSpent, failing }: Extract<Step, { readonly kind: "undecided" }>,
  { budgetMs, spentMs }: SpentBudget,
): string {
  const budget = `the budget of ${formatDuration(budgetMs)}`;
  if (isSpent) return `${budget} is spent`;
  if (failing !== undefined) return `processes of mini-batch size ${failing} fail`;
  return `what is left of ${budget}, ${formatDuration(budgetMs - spentMs)}, would hardly tell`;
}

function surenessOf({ objective, indifference }: DecisionQuestion, { probability }: Standing): string {
  const better = `is better by more than ${percent(indifference)} %`;
  const other = objective === "devices" ? `${better} and saves a device` : better;
  return `${percent(probability)} % sure that no other candidate ${other}`;
}

function openLines(question: DecisionQuestion, standing: Standing, step: Step): string[] {
  const needed = "needed" in step ? step.needed : undefined;
  if (needed === undefined) return [];
  const isSure = step.kind === "undecided" && step.isSure;
  return [...(isSure ? [] : runnerUpLines(question, standing, needed)), ...repeatLines(needed)];
}

function repeatLines({ repeats, timeMs }: StillNeeded): string[] {
  if (repeats === 0) return [];
  const more = `${counted(repeats, "more trial")} of repeated mini-batch sizes`;
  return [`what the plan promises needs ${more}, some ${formatDuration(timeMs)}`];
}

function runnerUpLines(
  { indifference }: DecisionQuestion,
  { leader, runnerUp, meanRegret }: Standing,
  needed: StillNeeded,
): string[] {
  if (runnerUp === undefined) return [];
  const { miniBatchSize, logRatio } = runnerUp;
  const apart = percent(Math.abs(Math.expm1(logRatio)));
  const more = `some ${counted(needed.processes, "more trial")} of both, ${formatDuration(needed.timeMs)}, may tell`;
  return [
    `runner-up: mini-batch size ${miniBatchSize}, ${apart} % less by what is known; ${more}`,
    needed.isNearTie
      ? `nearly a tie: ${leader} and ${miniBatchSize} seem to be within ${percent(2 * indifference)} %, taking ${leader} loses ${percent(meanRegret)} % in the mean`
      : `taking ${leader} now loses ${percent(meanRegret)} % in the mean`,
  ];
}
