import { isDeepStrictEqual } from "node:util";
import type { PlanOutcome } from "../../src/plan/answer/plan-outcome.js";
import { UndecidedError } from "../../src/plan/answer/undecided-error.js";
import { solvePlan } from "../../src/plan/plan.js";
import type { PlanProblem } from "../../src/plan/question/plan-problem.js";
import { type Failure, isBest, judge } from "./judge.js";
import { missesTime } from "./judge-infeasible.js";

/** What the planner made of a question, and what is wrong with it. */
export interface Verdict {
  readonly failures: readonly Failure[];
  /** Whether it gave no proof: a plan that is not proven, or neither a plan nor that there is none. */
  readonly unproven: boolean;
  /** Whether a plan that is not proven is the best all the same. */
  readonly best: boolean;
  /** Whether a proven plan says that an equally good one might finish earlier. */
  readonly mightFinishEarlier: boolean;
  /** Whether a question without a plan has one at a later time of which the answer doesn't know. */
  readonly missesTime: boolean;
  /** Of the slowest answer. */
  readonly worstMs: number;
}

type Answer = { readonly outcome: PlanOutcome } | { readonly unanswered: string } | { readonly crash: string };

/**
 * Asks a question at every time limit and holds each answer against the best of all plans, and those that are proven
 * against each other: they must be the same word for word, but for plans that say that an equally good one might finish
 * earlier.
 *
 * @param best as `bestValue` gives it
 */
export async function ask(
  problem: PlanProblem,
  best: bigint | undefined,
  limitsMs: readonly number[],
): Promise<Verdict> {
  const failures: Failure[] = [];
  let first: { outcome: PlanOutcome; limitMs: number } | undefined;
  let unproven = false;
  let found = true;
  let mightFinishEarlier = false;
  let missed = false;
  let worstMs = 0;
  for (const limitMs of limitsMs) {
    const startedMs = performance.now();
    const answer = await answerOf(problem, limitMs);
    worstMs = Math.max(worstMs, performance.now() - startedMs);
    const at = limitsMs.length > 1 ? `limit ${limitMs} ms: ` : "";
    if ("crash" in answer) failures.push({ wrong: "crash", detail: at + answer.crash });
    if (!("outcome" in answer)) {
      unproven = true;
      found = false;
      continue;
    }
    const { outcome } = answer;
    failures.push(...judge(problem, best, outcome).map(({ wrong, detail }) => ({ wrong, detail: at + detail })));
    if (outcome.status === "infeasible" && best === undefined) missed ||= missesTime(problem, outcome);
    if (outcome.status === "feasible") {
      unproven = true;
      found &&= isBest(problem, best, outcome);
      continue;
    }
    if (outcome.status === "optimal" && outcome.earliestProven === false) {
      mightFinishEarlier = true;
      continue;
    }
    first ??= { outcome, limitMs };
    if (!isDeepStrictEqual(outcome, first.outcome)) {
      const detail = `${at}not the same as with ${first.limitMs} ms: ${difference(first.outcome, outcome)}`;
      failures.push({ wrong: "differs", detail });
    }
  }
  return { failures, unproven, best: found, mightFinishEarlier, missesTime: missed, worstMs };
}

async function answerOf(problem: PlanProblem, limitMs: number): Promise<Answer> {
  try {
    return { outcome: await solvePlan(problem, { limitMs, gap: 0 }) };
  } catch (error) {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return error instanceof UndecidedError ? { unanswered: message } : { crash: message };
  }
}

/** The first field in which two answers differ. */
function difference(one: PlanOutcome, other: PlanOutcome): string {
  const [a, b] = [one, other].map((outcome) => Object.entries(outcome));
  const names = new Set([...(a ?? []), ...(b ?? [])].map(([name]) => name));
  const values = (name: string) =>
    [a, b].map((entries) => JSON.stringify(entries?.find(([own]) => own === name)?.[1])?.slice(0, 120));
  for (const name of names) {
    const [x, y] = values(name);
    if (x !== y) return `${name} ${x} and ${y}`;
  }
  return "in its devices";
}
