import type { InfeasiblePlan } from "../../src/plan/answer/plan-outcome.js";
import type { PlanProblem } from "../../src/plan/question/plan-problem.js";
import { judgeReason } from "./judge-reason.js";
import { isPossible, mostOf } from "./possible.js";

/** How far a time that would do is looked for where the answer knows of none: 1.3^40 is 36,000. */
const LATER = Array.from({ length: 40 }, (_, step) => 1.3 ** (step + 1));
const FAR_US = 1e15;

/**
 * What is not true in an answer to a question that has no plan: its reason, the most images, the time and the number of
 * devices that would do.
 */
export function judgeInfeasible(problem: PlanProblem, answer: InfeasiblePlan): string[] {
  return [
    ...judgeReason(problem, answer.reason),
    ...judgeMostImages(problem, answer),
    ...judgeTime(problem, answer.feasibleTimeUs),
    ...judgeDevices(problem, answer),
  ].map((detail) => `${detail} (${answer.reason})`);
}

function judgeMostImages(problem: PlanProblem, { reason, mostImages }: InfeasiblePlan): string[] {
  const names = problem.workloads.map(({ name }) => name);
  const named = names.length > 1 ? names.findIndex((name) => new RegExp(` of ${name}[ ,]`).test(reason)) : 0;
  const most = names.map((_, workload) => mostOf(problem, workload));
  const allowed = named >= 0 ? [most[named]] : [Math.max(...most)];
  return allowed.includes(mostImages) ? [] : [`most images ${mostImages}, right is ${allowed.join(" or ")}`];
}

function judgeTime(problem: PlanProblem, feasibleTimeUs: number | undefined): string[] {
  const { timeUs, caps, workloads } = problem;
  if (timeUs === "none") return [];
  if (feasibleTimeUs === undefined) {
    const does = caps === undefined && isPossible({ ...problem, timeUs: FAR_US });
    return does ? ["no time would do, but much time does"] : [];
  }
  if (!isPossible({ ...problem, timeUs: feasibleTimeUs })) return [`${feasibleTimeUs} us would not do`];
  const smallest = workloads.length === 1 && caps === undefined;
  return smallest && isPossible({ ...problem, timeUs: feasibleTimeUs - 1 })
    ? [`less than ${feasibleTimeUs} us does`]
    : [];
}

/**
 * Whether some later time would do under caps, though the answer knows of none: under caps more time is not always
 * better, and the answer says no more than that it knows of none.
 */
export function missesTime({ caps, timeUs, ...rest }: PlanProblem, { feasibleTimeUs }: InfeasiblePlan): boolean {
  if (caps === undefined || timeUs === "none" || feasibleTimeUs !== undefined) return false;
  return LATER.some((factor) => isPossible({ ...rest, caps, timeUs: Math.ceil(timeUs * factor) }));
}

function judgeDevices(problem: PlanProblem, { feasibleDevices }: InfeasiblePlan): string[] {
  if (feasibleDevices === undefined) return [];
  const { type, count } = feasibleDevices;
  const types = problem.types.map((one) => (one.name === type ? { ...one, count } : one));
  return isPossible({ ...problem, types }) ? [] : [`${count} devices of ${type} would not do`];
}
