import { checkedPlan } from "./answer/checked-plan.js";
import { type Counts, countsOf, dealByCounts, dealByGroups } from "./answer/deal-images.js";
import type { FeasiblePlan } from "./answer/plan-outcome.js";
import { formulate } from "./program/formulate.js";
import { bestUse, earliestTimeUs } from "./question/capacity.js";
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
 * at the same workloads, then by asking for a plan within less time, until there is provably none or the search for it
 * has taken so many steps. Of a plan that may not be the best it is not asked.
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
  let lowUs = 0; // no plan is known to finish by then
  let probeUs = best.finishUs - 1;
  let proven = true;
  let found = 0;
  let undecided = 0;
  const looks = problem.types.reduce((sum, { choices }) => sum + 1 + choices.flat().length, 0);
  const maxProbes = Math.min(MAX_PROBES, Math.ceil(MAX_LOOKS / looks));
  for (let probe = 0; lowUs < best.finishUs - 1; probe++) {
    if (probe === maxProbes) return { ...best, earliestProven: false };
    const formulation = formulate(problem, probeUs, { objectiveLimit: objective });
    const answer = await findSolution(formulation.program, MAX_STEPS);
    if (answer.status === "unknown" && ++undecided === MAX_UNDECIDED) return { ...best, earliestProven: false };
    if (answer.status !== "solved") {
      lowUs = probeUs;
      proven = answer.status === "infeasible"; // of the last probe, one microsecond before the finish
    } else {
      const groups = formulation.decode(answer.values);
      const counts = countsOf(problem, groups);
      const devices = countsOnly(problem) ? dealByCounts(problem, counts, probeUs) : dealByGroups(problem, groups);
      best = shortened(problem, checkedPlan(problem, devices, plan));
      found++;
    }
    // Plans with the same objective finish at much the same time: look close by first.
    const nearUs = best.finishUs - Math.ceil(best.finishUs / 256) * 4 ** found;
    const middleUs = lowUs > 0 ? Math.ceil((lowUs + best.finishUs) / 2) : Math.max(1, nearUs);
    probeUs = Math.min(middleUs, best.finishUs - 1);
  }
  return { ...best, earliestProven: proven };
}

/** The same devices at the same workloads, each with the mini-batch size with which all finish first. */
function shortened(problem: PlanProblem, plan: FeasiblePlan): FeasiblePlan {
  if (!countsOnly(problem)) return plan;
  const { types, workloads } = problem;
  const counts = types.map(({ name }) =>
    workloads.map(
      (workload) => plan.devices.filter(({ type, workload: own }) => type === name && own === workload.name).length,
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
      return count === 0 ? sum : sum + count * (bestUse(type, workload, timeUs, problem)?.capacity ?? 0);
    }, 0);
    return capacity >= goal;
  });
}
