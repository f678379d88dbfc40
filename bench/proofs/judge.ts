import type { FeasiblePlan, PlanOutcome } from "../../src/plan/answer/plan-outcome.js";
import type { Objective, PlanProblem } from "../../src/plan/question/plan-problem.js";
import { earliestFinishUs } from "./exhaustive.js";
import { judgeInfeasible } from "./judge-infeasible.js";
import { recount } from "./recount.js";

/** In which way an answer is wrong. */
export const WRONGS = [
  "wrong value",
  "wrongly proven",
  "invalid bound",
  "wrong infeasible",
  "wrong reason",
  "differs",
  "crash",
] as const;
export type Wrong = (typeof WRONGS)[number];

export interface Failure {
  readonly wrong: Wrong;
  readonly detail: string;
}

/** Whole units in one of the objective's own unit. */
export const UNITS: Readonly<Record<Objective, number>> = { devices: 1, images: 1, cost: 3.6e15, energy: 1e9 };

/** A double is right if it is the exact value but for the rounding of a division or two. */
const ROUNDING = 1e-12;

/**
 * Holds an answer against the best of all plans.
 *
 * *wrong value*: the plan breaks a rule or is not what it prints. *wrongly proven*: proven, but not the best, or not
 * the earliest of the best where that is said. *invalid bound*: some plan is better than its bound. *wrong infeasible*:
 * a plan where there is none, or none where there is one. *wrong reason*: a number or claim of the reason is not true.
 *
 * @param best as `bestValue` gives it
 */
export function judge(problem: PlanProblem, best: bigint | undefined, outcome: PlanOutcome): Failure[] {
  if (outcome.status !== "infeasible") return judgePlan(problem, best, outcome);
  if (best !== undefined) {
    return [{ wrong: "wrong infeasible", detail: `${inUnit(problem, best)} is possible: ${outcome.reason}` }];
  }
  return judgeInfeasible(problem, outcome).map((detail) => ({ wrong: "wrong reason", detail }));
}

function judgePlan(problem: PlanProblem, best: bigint | undefined, plan: FeasiblePlan): Failure[] {
  const { objective } = problem;
  const { broken, images, finishUs, totals } = recount(problem, plan.devices);
  const failures: Failure[] = broken.map((detail) => ({ wrong: "wrong value", detail }));
  const prints = (what: string, printed: number | undefined, counted: number) => {
    if (printed !== undefined && !(Math.abs(printed - counted) <= ROUNDING * Math.abs(counted))) {
      failures.push({ wrong: "wrong value", detail: `prints ${what} ${printed}, counted ${counted}` });
    }
  };
  prints("images", plan.images, images);
  prints("finish", plan.finishUs, finishUs);
  prints("cost", plan.cost, Number(totals.cost) / UNITS.cost);
  prints("energy", plan.energyJ, Number(totals.energy) / UNITS.energy);
  if (plan.proven !== (plan.status === "optimal")) failures.push({ wrong: "wrong value", detail: `${plan.status}?` });
  if (best === undefined) return [...failures, { wrong: "wrong infeasible", detail: "there is no plan" }];
  if (broken.length > 0) return failures;
  const value = totals[objective];
  const sign = objective === "images" ? -1 : 1;
  const says = `${inUnit(problem, value)} where ${inUnit(problem, best)} is the best (${plan.solver})`;
  if (sign * Number(value - best) < 0) failures.push({ wrong: "wrong value", detail: `impossibly good: ${says}` });
  if (plan.proven && value !== best) failures.push({ wrong: "wrongly proven", detail: says });
  const most = inUnit(problem, best);
  if (plan.bound !== undefined && !(sign * (plan.bound - most) <= ROUNDING * Math.abs(most))) {
    failures.push({ wrong: "invalid bound", detail: `bound ${plan.bound}, ${says}` });
  }
  if (plan.earliestProven && value === best) {
    const earliestUs = earliestFinishUs(problem, best);
    if (earliestUs !== finishUs) {
      failures.push({ wrong: "wrongly proven", detail: `finish ${finishUs} us, the earliest is ${earliestUs} us` });
    }
  }
  return failures;
}

/** Whether a plan has the best value, proven or not. */
export function isBest(problem: PlanProblem, best: bigint | undefined, plan: FeasiblePlan): boolean {
  return recount(problem, plan.devices).totals[problem.objective] === best;
}

/** A value in whole units in the objective's own unit. */
export function inUnit({ objective }: PlanProblem, value: bigint): number {
  return Number(value) / UNITS[objective];
}
