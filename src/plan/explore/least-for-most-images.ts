import { UserError } from "../../core/user-error.js";
import type { PlanOutcome } from "../answer/plan-outcome.js";
import { type PlanOptions, solvePlan } from "../plan.js";
import { answerable } from "../question/answerable.js";
import type { PlanProblem } from "../question/plan-problem.js";

/**
 * Relaxed with a price: the least cost or energy among the plans with the most images that the time allows.
 *
 * @returns the outcome, and the question that it answers: so many images at the least cost or energy; at least one
 *   image where no images are possible
 * @throws UserError if there are several workloads: then there is no one number of most images
 */
export async function leastForMostImages(
  question: PlanProblem,
  options: PlanOptions = {},
): Promise<{ readonly problem: PlanProblem; readonly outcome: PlanOutcome }> {
  const [workload, second] = question.workloads;
  if (workload === undefined || second !== undefined) {
    throw new UserError(`objective ${question.objective} for most images: allowed for one workload`);
  }
  // Only the mini-batch sizes of which the bill is known count for either step.
  const { types } = answerable(atLeastOneImage(question));
  const problem = { ...question, types };
  const most = await solvePlan({ ...problem, objective: "images" }, options);
  if (most.status === "infeasible") return { problem: atLeastOneImage(problem), outcome: most };
  const asked = { ...problem, workloads: [{ ...workload, images: most.images }] };
  const least = await solvePlan(asked, options);
  if (least.status === "infeasible" || most.proven) return { problem: asked, outcome: least };
  return { problem: asked, outcome: { ...least, status: "feasible", proven: false } };
}

/** A question about any number of images as one about at least one, which a least cost or energy is of. */
export function atLeastOneImage(question: PlanProblem): PlanProblem {
  return {
    ...question,
    workloads: question.workloads.map(({ name, images }) => ({ name, images: Math.max(1, images) })),
  };
}
