import { earliestTimeUs } from "./capacity.js";
import { mostImages } from "./closed-form.js";
import { type PlanOptions, solvePlan } from "./plan.js";
import type { FeasiblePlan } from "./plan-outcome.js";
import type { PlanProblem } from "./plan-problem.js";

/** A plan that no other one beats in both cost and finish. */
export interface ParetoPoint {
  /** The deadline that the plan was asked for; devices are paid until then. */
  readonly deadlineUs: number;
  readonly plan: FeasiblePlan;
}

/**
 * Cost against finish time: the least cost at so many deadlines, evenly spaced in ratio from the earliest that any plan
 * meets to the problem's own, without those that another plan beats in both.
 *
 * @throws UserError if prices are missing
 */
export async function paretoFront(
  problem: PlanProblem & { readonly timeUs: number },
  points: number,
  options: PlanOptions = {},
): Promise<ParetoPoint[]> {
  const { timeUs, types, workloads } = problem;
  const rule = { ...(problem.miniBatchSize !== undefined && { miniBatchSize: problem.miniBatchSize }) };
  const enough = (time: number) =>
    workloads.every(({ images }, workload) => mostImages(types, time, rule, workload) >= images);
  const firstUs = earliestTimeUs(timeUs, enough);
  if (firstUs === undefined) return [];
  const found: ParetoPoint[] = [];
  for (let index = 0; index < points; index++) {
    const deadlineUs = Math.round(firstUs * (timeUs / firstUs) ** (points === 1 ? 1 : index / (points - 1)));
    const plan = await solvePlan({ ...problem, timeUs: deadlineUs, objective: "cost" }, options);
    if (plan.status !== "infeasible") found.push({ deadlineUs, plan });
  }
  return found.filter(({ deadlineUs, plan }) =>
    found.every(
      (other) =>
        other.plan === plan ||
        costOf(other.plan) > costOf(plan) ||
        other.deadlineUs > deadlineUs ||
        (costOf(other.plan) === costOf(plan) && other.deadlineUs === deadlineUs),
    ),
  );
}

function costOf({ cost }: FeasiblePlan): number {
  return cost ?? Number.POSITIVE_INFINITY;
}
