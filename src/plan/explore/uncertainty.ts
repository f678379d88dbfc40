import { quantile, sorted } from "../../core/statistics.js";
import { objectiveOfPlan } from "../answer/plan-outcome.js";
import { UndecidedError } from "../answer/undecided-error.js";
import type { PlanOptions } from "../plan.js";
import type { PlanProblem } from "../question/plan-problem.js";
import { startClock } from "../solve/clock.js";
import { outcomeUnless } from "./plan-unless.js";

/** How the objective of a plan spreads when its functions are resampled. */
export interface PlanUncertainty {
  /** Fewer than asked for where the time limit ended it. */
  readonly resamples: number;
  /** The share of the resamples with a plan. */
  readonly feasible: number;
  /** The interval that holds 90 % of the resamples with a plan, in the objective's unit; undefined without any. */
  readonly low?: number;
  readonly high?: number;
}

const TAIL = 0.05;

/**
 * Solves a problem again with the functions of each resample.
 *
 * @param options its time limit is for all of them together
 */
export async function planUnderResamples(
  problem: PlanProblem,
  typesOf: (index: number) => PlanProblem["types"],
  resamples: number,
  options: PlanOptions = {},
): Promise<PlanUncertainty> {
  const clock = startClock(options.limitMs);
  const values: number[] = [];
  let solved = 0;
  for (; solved < resamples && !(solved > 0 && clock.isOver()); solved++) {
    const resampled: PlanProblem = { ...problem, types: typesOf(solved) };
    const plan = await outcomeUnless([UndecidedError], resampled, { ...options, limitMs: clock.leftMs() });
    if (plan === undefined) break; // the time ended the search
    if (plan.status !== "infeasible") values.push(objectiveOfPlan(plan, problem.objective));
  }
  const spread = sorted(values);
  return {
    resamples: solved,
    feasible: values.length / Math.max(1, solved),
    ...(values.length > 0 && { low: quantile(spread, TAIL), high: quantile(spread, 1 - TAIL) }),
  };
}
