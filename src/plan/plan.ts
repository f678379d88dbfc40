import { checkedPlan } from "./checked-plan.js";
import { hasClosedForm, solveClosedForm } from "./closed-form.js";
import { countsOf, dealByCounts, dealByGroups } from "./deal-images.js";
import { type DeviceType, microsecondsDown } from "./device-type.js";
import { finishEarlier } from "./earliest-finish.js";
import { explainInfeasible, explainOneWorkload } from "./infeasible.js";
import type { FeasiblePlan, PlanOutcome } from "./plan-outcome.js";
import { countsOnly, hasEnergy, type PlanProblem, requireAnswerable } from "./plan-problem.js";
import { solveProblem } from "./solve-problem.js";
import type { SolveLimits } from "./solve-program.js";

export interface PlanOptions extends SolveLimits {
  /**
   * How long the search among equally good plans may take. Default: 250 ms for the earliest finish, 1 s for the least
   * energy.
   */
  readonly tieMs?: number;
}

const EARLIEST_MS = 250;
const LEAST_ENERGY_MS = 1000;

/**
 * Soft real-time: the fewest devices that classify N images within T, among those plans the earliest finish, then the
 * smaller mini-batches. In closed form; `solvePlan` answers every other question.
 *
 * @throws UserError if images or deadline are out of range
 * @example
 * planSoft([type], 10_000, 5000); // { status: "optimal", devices: [ … ], proven: true, … }
 */
export function planSoft(types: readonly DeviceType[], images: number, deadlineMs: number): PlanOutcome {
  return planInClosedForm(singleWorkload(types, images, deadlineMs, "devices"));
}

/**
 * Relaxed: the most images that all devices classify within T, in closed form.
 *
 * @throws UserError if the budget is out of range
 */
export function planRelaxed(types: readonly DeviceType[], budgetMs: number): PlanOutcome {
  return planInClosedForm(singleWorkload(types, 0, budgetMs, "images"));
}

function singleWorkload(
  types: readonly DeviceType[],
  images: number,
  timeMs: number,
  objective: "devices" | "images",
): PlanProblem {
  return { types, workloads: [{ name: "images", images }], timeUs: microsecondsDown(timeMs), objective };
}

/**
 * Answers a question: the optimal plan, or why there is none.
 *
 * In closed form where that is exact, else the compact formulation is given to the solvers. Every plan is held against
 * the problem in exact integer arithmetic before it is returned.
 *
 * @throws UserError if the question makes no sense, or no solver finds a plan or its absence in time
 */
export async function solvePlan(problem: PlanProblem, options: PlanOptions = {}): Promise<PlanOutcome> {
  requireAnswerable(problem);
  if (hasClosedForm(problem)) {
    const plan = planInClosedForm(problem);
    return plan.status === "infeasible" ? plan : withLeastEnergy(problem, plan, options);
  }
  const { groups, answer } = await solveProblem(problem, options);
  if (groups === undefined) return explainInfeasible(problem, answer.status, options);
  const deadlineUs = problem.timeUs ?? Number.POSITIVE_INFINITY;
  const counts = countsOf(problem, groups);
  const devices = countsOnly(problem) ? dealByCounts(problem, counts, deadlineUs) : dealByGroups(problem, groups);
  const plan = checkedPlan(problem, devices, answer.solver, answer.proven, answer.bound);
  return countsOnly(problem) || problem.objective === "devices" || problem.objective === "images"
    ? finishEarlier(problem, plan, answer.objective, { ...options, tieMs: options.tieMs ?? EARLIEST_MS })
    : plan;
}

function planInClosedForm(problem: PlanProblem): PlanOutcome {
  requireAnswerable(problem);
  const form = solveClosedForm(problem);
  if (form === undefined) return explainOneWorkload(problem);
  const devices = dealByCounts({ ...problem, ...form.rule }, form.counts, form.withinUs);
  return { ...checkedPlan(problem, devices, "closed form", true, undefined), earliestProven: true };
}

/** Among the plans with this objective and finish the one with the least energy, where the energies are known. */
async function withLeastEnergy(problem: PlanProblem, plan: FeasiblePlan, options: PlanOptions): Promise<PlanOutcome> {
  if (!problem.types.every(hasEnergy) || problem.shorterLast) return plan;
  const tie: PlanProblem = {
    ...problem,
    objective: "energy",
    workloads: problem.workloads.map((workload) => ({ ...workload, images: plan.images })),
    caps: problem.objective === "images" ? {} : { devices: plan.devices.length },
  };
  const { groups, answer } = await solveProblem(tie, { highsMs: options.tieMs ?? LEAST_ENERGY_MS }, plan.finishUs);
  // What a solver has at its time limit depends on the machine; the plan must not.
  if (groups === undefined || !answer.proven) return plan;
  const devices = dealByGroups(tie, groups);
  const better = checkedPlan(problem, devices, plan.solver, true, plan.bound);
  const same = better.devices.length === plan.devices.length && better.finishUs <= plan.finishUs;
  return same && (better.energyJ ?? Number.POSITIVE_INFINITY) < (plan.energyJ ?? 0)
    ? { ...better, ...(plan.paperObjective !== undefined && { paperObjective: plan.paperObjective }) }
    : plan;
}
