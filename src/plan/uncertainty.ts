import { quantile, sorted } from "../core/statistics.js";
import { type PlanOptions, solvePlan } from "./plan.js";
import { objectiveOfPlan } from "./plan-outcome.js";
import type { PlanProblem } from "./plan-problem.js";

/** How the objective of a plan spreads when its functions are resampled. */
export interface PlanUncertainty {
  readonly resamples: number;
  /** The share of the resamples with a plan. */
  readonly feasible: number;
  /** The interval that holds 90 % of the resamples with a plan, in the objective's unit; undefined without any. */
  readonly low?: number;
  readonly high?: number;
}

const TAIL = 0.05;

/** Solves a problem again with the functions of each resample. */
export async function planUnderResamples(
  problem: PlanProblem,
  typesOf: (index: number) => PlanProblem["types"],
  resamples: number,
  options: PlanOptions = {},
): Promise<PlanUncertainty> {
  const values: number[] = [];
  for (let index = 0; index < resamples; index++) {
    const plan = await solvePlan({ ...problem, types: typesOf(index) }, options);
    if (plan.status !== "infeasible") values.push(objectiveOfPlan(plan, problem.objective));
  }
  const spread = sorted(values);
  return {
    resamples,
    feasible: values.length / resamples,
    ...(values.length > 0 && { low: quantile(spread, TAIL), high: quantile(spread, 1 - TAIL) }),
  };
}
