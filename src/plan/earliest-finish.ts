import { checkedPlan } from "./answer/checked-plan.js";
import { type Counts, countsOf, dealByCounts, dealByGroups } from "./answer/deal-images.js";
import type { FeasiblePlan } from "./answer/plan-outcome.js";
import { formulate } from "./program/formulate.js";
import { bestSchedule, earliestTimeUs } from "./question/capacity.js";
import { countsOnly, type PlanProblem } from "./question/plan-problem.js";
import { findSolution } from "./solve/solve-program.js";

/** For each search, so that the plan is the same on every machine. */
const MAX_STEPS = 20_000;
const MAX_UNDECIDED = 2;
/** Bisection of any time takes fewer. */
const MAX_PROBES = 60;
/** Of types and mini-batch sizes in all probes: each one looks at all of them. */
const MAX_LOOKS = 200_000;

/**
 * Among the plans with the same objective, looks for the one that finishes first: in closed form with the same devices
 * at the same workloads, then by asking for a plan within less time. That ends when there is provably none, or when the
 * search for it has taken so many steps. A plan that may not have the best objective is only shortened.
 *
 * @param objective the objective's value in the program's units
 */
export async function finishEarlier(
  problem: PlanProblem,
  plan: FeasiblePlan,
  { objective }: { readonly objective: bigint },
): Promise<FeasiblePlan> {
  let best = shortened(problem, plan);
  if (!plan.proven) return { ...best, earliestProven: false };
  // The latest time by which no plan was found to finish, and whether it is proven that none does.
  let none = { byUs: 0, proven: true };
  let found = 0;
  let undecided = 0;
  const most = mostProbes(problem);
  for (let probes = 0; none.byUs < best.finishUs - 1; probes++) {
    if (probes === most) return { ...best, earliestProven: false };
    const withinUs = nextProbeUs(none.byUs, best.finishUs, found);
    const earlier = await planWithin(problem, plan, withinUs, objective);
    if (earlier === "unknown" && ++undecided === MAX_UNDECIDED) return { ...best, earliestProven: false };
    if (earlier === "infeasible" || earlier === "unknown") {
      none = { byUs: withinUs, proven: earlier === "infeasible" };
    } else {
      best = earlier;
      found++;
    }
  }
  return { ...best, earliestProven: none.proven };
}

function mostProbes({ types }: PlanProblem): number {
  const looks = types.reduce((sum, { choices }) => sum + 1 + choices.flat().length, 0);
  return Math.min(MAX_PROBES, Math.ceil(MAX_LOOKS / looks));
}

/**
 * The time within which a plan is asked for next: a microsecond before the finish at first, because mostly there is
 * none. Plans with the same objective finish at much the same time, so after that it is close by, then further and
 * further off; and in the middle once there is a time by which none finishes.
 */
function nextProbeUs(noneByUs: number, finishUs: number, found: number): number {
  if (found === 0) return finishUs - 1;
  const nearUs = finishUs - Math.ceil(finishUs / 256) * 4 ** found;
  const middleUs = noneByUs > 0 ? Math.ceil((noneByUs + finishUs) / 2) : Math.max(1, nearUs);
  return Math.min(middleUs, finishUs - 1);
}

/** A plan that has the objective within less time, or that there is none. */
async function planWithin(
  problem: PlanProblem,
  plan: FeasiblePlan,
  withinUs: number,
  objective: bigint,
): Promise<FeasiblePlan | "infeasible" | "unknown"> {
  const { program, decode } = formulate(problem, withinUs, { objectiveLimit: objective });
  const answer = await findSolution(program, MAX_STEPS);
  if (answer.status !== "solved") return answer.status;
  const groups = decode(answer.values);
  const devices = countsOnly(problem)
    ? dealByCounts(problem, countsOf(problem, groups), withinUs)
    : dealByGroups(problem, groups);
  return shortened(problem, checkedPlan(problem, devices, plan));
}

/** The same devices at the same workloads, each with the mini-batch size with which all finish first. */
function shortened(problem: PlanProblem, plan: FeasiblePlan): FeasiblePlan {
  if (!countsOnly(problem)) return plan;
  const { types, workloads } = problem;
  const counts = types.map((type) =>
    workloads.map(
      ({ name }) => plan.devices.filter((device) => device.type === type.name && device.workload === name).length,
    ),
  );
  const goals = workloads.map(({ name, images }) =>
    problem.objective === "images"
      ? plan.devices.reduce((sum, device) => sum + (device.workload === name ? device.images : 0), 0)
      : images,
  );
  const withinUs = earliestTimeUs(plan.finishUs, (time) => covers(problem, counts, goals, time)) ?? plan.finishUs;
  const devices = dealByCounts(problem, counts, withinUs);
  return checkedPlan(problem, devices, plan);
}

function covers(problem: PlanProblem, counts: Counts, goals: readonly number[], timeUs: number): boolean {
  return goals.every((goal, workload) => {
    const capacity = problem.types.reduce((sum, type, index) => {
      const count = counts[index]?.[workload] ?? 0;
      return count === 0 ? sum : sum + count * (bestSchedule(type, workload, timeUs, problem)?.capacity ?? 0);
    }, 0);
    return capacity >= goal;
  });
}
