import { UserError } from "../core/user-error.js";
import { checkedPlan } from "./answer/checked-plan.js";
import { countsOf, dealByCounts, dealByGroups } from "./answer/deal-images.js";
import { type FeasiblePlan, type PlanOutcome, UNNAMED_WORKLOAD } from "./answer/plan-outcome.js";
import { finishEarlier } from "./earliest-finish.js";
import { explainInfeasible, explainOneWorkload } from "./infeasible.js";
import { compactFormulation } from "./program/compact-formulation.js";
import { answerable } from "./question/answerable.js";
import { ruleOf } from "./question/capacity.js";
import { type Configuration, configurationsOf } from "./question/configuration.js";
import { latestFinishUs } from "./question/deadline.js";
import { type DeviceType, microsecondsDown, RANGES } from "./question/device-type.js";
import { undominated } from "./question/dominance.js";
import { hasEnergy } from "./question/known-energies.js";
import { countsOnly, type PlanProblem } from "./question/plan-problem.js";
import { hasClosedForm, mostImages, solveClosedForm } from "./solve/closed-form.js";
import { solveImageKnapsack } from "./solve/image-knapsack.js";
import type { SolveLimits } from "./solve/solve-limits.js";
import { solveProblem } from "./solve/solve-problem.js";
import { LARGE } from "./solve/solve-program.js";
import { searchInThread } from "./solve/solver-thread.js";

/** How long and how hard a plan is searched for. */
export interface PlanOptions extends SolveLimits {
  /**
   * Whether equally good plans are searched for the earliest finish and the least energy. These searches end after so
   * many steps, not after a time. Default: true.
   */
  readonly ties?: boolean;
}

/**
 * Soft real-time: the fewest devices that classify N images within T, among those plans the earliest finish, then the
 * smaller mini-batches. In closed form; `solvePlan` answers every other question.
 *
 * @throws UserError if images or deadline are out of range
 * @example
 * planSoft([type], 10_000, 5000); // { status: "optimal", devices: [ … ], proven: true, … }
 */
export function planSoft(types: readonly DeviceType[], images: number, deadlineMs: number): PlanOutcome {
  const problem = answerable(singleWorkload(types, images, deadlineMs, "devices"));
  return planInClosedForm(problem) ?? explainOneWorkload(problem);
}

/**
 * Relaxed: the most images that all devices classify within T, in closed form.
 *
 * @throws UserError if the budget is out of range
 */
export function planRelaxed(types: readonly DeviceType[], budgetMs: number): PlanOutcome {
  const problem = answerable(singleWorkload(types, 0, budgetMs, "images"));
  requireCountable(problem);
  return planInClosedForm(problem) ?? explainOneWorkload(problem);
}

function singleWorkload(
  types: readonly DeviceType[],
  images: number,
  timeMs: number,
  objective: "devices" | "images",
): PlanProblem {
  return { types, workloads: [{ name: UNNAMED_WORKLOAD, images }], timeUs: microsecondsDown(timeMs), objective };
}

/**
 * Answers a question: the optimal plan, or why there is none.
 *
 * In closed form where that is exact, else by dynamic programming or the compact formulation. Every plan is held
 * against the problem in exact integer arithmetic before it is returned, and is called proven only by a bound that was
 * checked. A proven answer is the same on every machine, however busy.
 *
 * @throws UserError if the question makes no sense
 * @throws UndecidedError if neither a plan nor its absence is found in time
 */
export async function solvePlan(question: PlanProblem, options: PlanOptions = {}): Promise<PlanOutcome> {
  const { ties = true } = options;
  const problem = answerable(question);
  requireCountable(problem);
  if (hasClosedForm(problem)) {
    const plan = planInClosedForm(problem);
    if (plan === undefined) return explainInfeasible(problem, "infeasible");
    return ties ? withLeastEnergy(problem, plan) : plan;
  }
  const { groups, answer } = await solveProblem(problem, options);
  if (groups === undefined) return explainInfeasible(problem, answer.status);
  const deadlineUs = latestFinishUs(problem.timeUs);
  const counts = countsOf(problem, groups);
  const devices = countsOnly(problem) ? dealByCounts(problem, counts, deadlineUs) : dealByGroups(problem, groups);
  const plan = checkedPlan(problem, devices, answer);
  const canTie = countsOnly(problem) || problem.objective === "devices" || problem.objective === "images";
  return ties && canTie ? finishEarlier(problem, plan, answer) : plan;
}

/** @throws UserError if more images fit the time than numbers count exactly */
function requireCountable(problem: PlanProblem): void {
  const { types, workloads, timeUs, objective } = problem;
  if (objective !== "images" || timeUs === "none") return;
  const most = workloads.reduce((sum, _, workload) => sum + mostImages(types, timeUs, ruleOf(problem), workload), 0);
  if (most > RANGES.images.most) {
    throw new UserError(`images: some ${most.toPrecision(3)} fit the time, plans count up to ${RANGES.images.most}`);
  }
}

function planInClosedForm(problem: PlanProblem): FeasiblePlan | undefined {
  const form = solveClosedForm(problem);
  if (form === undefined) return undefined;
  const devices = dealByCounts({ ...problem, ...form.rule }, form.counts, form.withinUs);
  return { ...checkedPlan(problem, devices, { solver: "closed form", proven: true }), earliestProven: true };
}

/**
 * Among the plans with this objective and finish the one with the least energy, where the energies are known and it is
 * found within so many steps, which are the same on every machine.
 */
async function withLeastEnergy(problem: PlanProblem, plan: FeasiblePlan): Promise<PlanOutcome> {
  const { shorterLast, maxSizes, types, workloads, objective } = problem;
  if (!types.every(hasEnergy) || shorterLast || maxSizes !== undefined) return plan;
  const tie: PlanProblem = {
    ...problem,
    objective: "energy",
    workloads: workloads.map((workload) => ({ ...workload, images: plan.images })),
  };
  const configurations = undominated(configurationsOf(tie, plan.finishUs));
  const most = objective === "images" ? undefined : plan.devices.length;
  const groups =
    solveImageKnapsack(tie, configurations, most)?.groups ??
    (await fewGroups({ ...tie, ...(most !== undefined && { caps: { devices: most } }) }, configurations));
  if (groups === undefined) return plan;
  const better = checkedPlan(problem, dealByGroups(tie, groups), plan);
  const same = better.devices.length === plan.devices.length && better.finishUs <= plan.finishUs;
  const less = (better.energyJ ?? Number.POSITIVE_INFINITY) < (plan.energyJ ?? 0);
  return same && less ? { ...better, earliestProven: true } : plan;
}

/** Relaxations in the search for the least energy among equal plans. */
const TIE_NODES = 500;

async function fewGroups(problem: PlanProblem, configurations: readonly Configuration[]) {
  if (2 * configurations.length > LARGE) return undefined;
  const { program, decode } = compactFormulation(problem, configurations);
  const { status, values } = await searchInThread(program, { maxNodes: TIE_NODES, limitMs: Number.POSITIVE_INFINITY });
  return status === "optimal" && values !== undefined ? decode(values) : undefined;
}
