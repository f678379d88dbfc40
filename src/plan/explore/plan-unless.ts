import { UserError } from "../../core/user-error.js";
import type { FeasiblePlan, PlanOutcome } from "../answer/plan-outcome.js";
import { UndecidedError } from "../answer/undecided-error.js";
import { type PlanOptions, solvePlan } from "../plan.js";
import type { PlanProblem } from "../question/plan-problem.js";

type Expected = readonly (new (message: string) => Error)[];

/** A variant of an answered question has no answer: the search came to no end, or there is more than plans count. */
export const NO_ANSWER: Expected = [UndecidedError, UserError];

/**
 * A question's plan; undefined where there is none, or where one of the errors that are expected ends the search for
 * it.
 */
export async function planUnless(
  expected: Expected,
  problem: PlanProblem,
  options: PlanOptions,
): Promise<FeasiblePlan | undefined> {
  const outcome = await outcomeUnless(expected, problem, options);
  return outcome?.status === "infeasible" ? undefined : outcome;
}

/** A question's outcome; undefined where one of the errors that are expected ends the search for it. */
export async function outcomeUnless(
  expected: Expected,
  problem: PlanProblem,
  options: PlanOptions,
): Promise<PlanOutcome | undefined> {
  try {
    return await solvePlan(problem, options);
  } catch (error) {
    if (expected.some((kind) => error instanceof kind)) return undefined;
    throw error;
  }
}
