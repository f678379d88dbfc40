import { earliestTimeUs, ruleOf } from "./capacity.js";
import { mostImages } from "./closed-form.js";
import { type PlanOptions, solvePlan } from "./plan.js";
import type { FeasiblePlan } from "./plan-outcome.js";
import { billingOf, type PlanProblem } from "./plan-problem.js";

/** A plan that no other one beats in both cost and finish. */
export interface ParetoPoint {
  /** The deadline of the plan: reserved devices are paid until then, so it is when the last of them finishes. */
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
  const rule = ruleOf(problem);
  const enough = (time: number) =>
    workloads.every(({ images }, workload) => mostImages(types, time, rule, workload) >= images);
  const firstUs = earliestTimeUs(timeUs, enough);
  if (firstUs === undefined) return [];
  const found: ParetoPoint[] = [];
  for (let index = 0; index < points; index++) {
    const deadlineUs = Math.round(firstUs * (timeUs / firstUs) ** (points === 1 ? 1 : index / (points - 1)));
    const point = await cheapestBy(problem, deadlineUs, options);
    // Two deadlines may lead to the same point.
    if (point !== undefined && point.deadlineUs !== found.at(-1)?.deadlineUs) found.push(point);
  }
  return found.filter(({ deadlineUs, plan }) =>
    found.every((other) => other.plan === plan || costOf(other.plan) > costOf(plan) || other.deadlineUs > deadlineUs),
  );
}

/** The least cost at a deadline. Who pays until the deadline asks for no later one than the plan needs. */
async function cheapestBy(
  problem: PlanProblem,
  deadlineUs: number,
  options: PlanOptions,
): Promise<ParetoPoint | undefined> {
  const plan = await solvePlan({ ...problem, timeUs: deadlineUs, objective: "cost" }, options);
  if (plan.status === "infeasible") return undefined;
  const pays = billingOf({ ...problem, timeUs: deadlineUs }) === "reserved";
  return pays && plan.finishUs < deadlineUs
    ? ((await cheapestBy(problem, plan.finishUs, options)) ?? { deadlineUs, plan })
    : { deadlineUs, plan };
}

function costOf({ cost }: FeasiblePlan): number {
  return cost ?? Number.POSITIVE_INFINITY;
}
