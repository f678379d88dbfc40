import type { TextTable } from "../../core/text-table.js";
import { formatDuration } from "../../core/units.js";
import { UserError } from "../../core/user-error.js";
import type { Range } from "../../core/written-values.js";
import type { FeasiblePlan } from "../answer/plan-outcome.js";
import { UndecidedError } from "../answer/undecided-error.js";
import type { PlanOptions } from "../plan.js";
import { earliestTimeUs, ruleOf } from "../question/capacity.js";
import { billingOf, type PlanProblem } from "../question/plan-problem.js";
import { startClock } from "../solve/clock.js";
import { mostImages } from "../solve/closed-form.js";
import { planUnless } from "./plan-unless.js";

/** A plan that no other one beats in both cost and finish. */
export interface ParetoPoint {
  /** The deadline of the plan: reserved devices are paid until then, so it is when the last of them finishes. */
  readonly deadlineUs: number;
  readonly plan: FeasiblePlan;
}

/** A front, and how many deadlines were looked at: fewer than asked for where the time limit ended it. */
export interface ParetoFront {
  readonly points: readonly ParetoPoint[];
  readonly looked: number;
}

/** Of deadlines that a front looks at. */
export const POINTS: Range = { least: 1, most: 1000 };

/** @throws UserError if a question has no front of cost against finish time */
export function requireFront({ timeUs, workloads }: PlanProblem): void {
  if (timeUs === "none") throw new UserError("--pareto: needs a deadline");
  if (workloads.some(({ images }) => images === 0)) throw new UserError("--pareto: needs a number of images");
}

/** A front as `batchwise plan --json` has it. */
export function frontAsJson({ points }: ParetoFront): object[] {
  return points.map(({ deadlineUs, plan }) => ({
    deadline_ms: deadlineUs / 1000,
    cost: plan.cost,
    devices: plan.devices.length,
    proven: plan.proven,
  }));
}

/** A front for people. */
export function frontTable({ points }: ParetoFront): TextTable {
  return {
    columns: ["deadline", "cost", "devices", "proven"],
    values: points.map(({ deadlineUs, plan }) => [
      formatDuration(deadlineUs / 1000),
      Number((plan.cost ?? 0).toPrecision(6)),
      plan.devices.length,
      plan.proven ? "yes" : "no",
    ]),
  };
}

/**
 * Cost against finish time: the least cost at so many deadlines, evenly spaced in ratio from the earliest that any plan
 * meets to the problem's own, without those that another plan beats in both.
 *
 * @param options its time limit is for all of them together
 * @throws UserError if prices are missing
 */
export async function paretoFront(
  problem: PlanProblem & { readonly timeUs: number },
  points: number,
  options: PlanOptions = {},
): Promise<ParetoFront> {
  const clock = startClock(options.limitMs);
  const { timeUs, types, workloads } = problem;
  const rule = ruleOf(problem);
  const enough = (time: number) =>
    workloads.every(({ images }, workload) => mostImages(types, time, rule, workload) >= images);
  const firstUs = earliestTimeUs(timeUs, enough);
  if (firstUs === undefined) return { points: [], looked: points };
  const found: ParetoPoint[] = [];
  let looked = 0;
  for (; looked < points && !(looked > 0 && clock.isOver()); looked++) {
    const deadlineUs = Math.round(firstUs * (timeUs / firstUs) ** (points === 1 ? 1 : looked / (points - 1)));
    const point = await cheapestBy(problem, deadlineUs, { ...options, limitMs: clock.leftMs() });
    // Two deadlines may lead to the same point.
    if (point !== undefined && point.deadlineUs !== found.at(-1)?.deadlineUs) found.push(point);
  }
  const best = found.filter(({ deadlineUs, plan }) =>
    found.every((other) => other.plan === plan || costOf(other.plan) > costOf(plan) || other.deadlineUs > deadlineUs),
  );
  return { points: best, looked };
}

/** The least cost at a deadline. Who pays until the deadline asks for no later one than the plan needs. */
async function cheapestBy(
  problem: PlanProblem,
  deadlineUs: number,
  options: PlanOptions,
): Promise<ParetoPoint | undefined> {
  const asked: PlanProblem = { ...problem, timeUs: deadlineUs, objective: "cost" };
  const plan = await planUnless([UndecidedError], asked, options);
  if (plan === undefined) return undefined;
  const pays = billingOf({ ...problem, timeUs: deadlineUs }) === "reserved";
  return pays && plan.finishUs < deadlineUs
    ? ((await cheapestBy(problem, plan.finishUs, options)) ?? { deadlineUs, plan })
    : { deadlineUs, plan };
}

function costOf({ cost }: FeasiblePlan): number {
  return cost ?? Number.POSITIVE_INFINITY;
}
