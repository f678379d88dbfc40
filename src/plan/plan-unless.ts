import { type PlanOptions, solvePlan } from "./plan.js";
import type { FeasiblePlan } from "./plan-outcome.js";
import type { PlanProblem } from "./plan-problem.js";

/** A question's plan; undefined where there is none, or where one of the errors that are expected ends the search for it. */
export async function planUnless(
  expected: readonly (new (message: string) => Error)[],
  problem: PlanProblem,
  options: PlanOptions,
): Promise<FeasiblePlan | undefined> {
  try {
    const outcome = await solvePlan(problem, options);
    return outcome.status === "infeasible" ? undefined : outcome;
  } catch (error) {
    if (expected.some((kind) => error instanceof kind)) return undefined;
    throw error;
  }
}
