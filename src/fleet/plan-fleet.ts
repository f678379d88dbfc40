import { UserError } from "../core/user-error.js";
import { planAsJson, questionOf } from "../plan/answer/plan-document.js";
import type { PlanOutcome } from "../plan/answer/plan-outcome.js";
import { leastForMostImages } from "../plan/explore/least-for-most-images.js";
import { type PlanOptions, solvePlan } from "../plan/plan.js";
import { notesOnEnergies } from "../plan/question/known-energies.js";
import type { PlanProblem } from "../plan/question/plan-problem.js";
import { finishIntervals } from "./finish-intervals.js";
import { type FleetProblem, type FleetQuestion, fleetProblem } from "./fleet-question.js";

/** A plan for a fleet. */
export interface FleetPlan {
  /** What was solved in the end: of relaxed plans with a price, so many images at the least cost or energy. */
  readonly problem: PlanProblem;
  readonly outcome: PlanOutcome;
  /** What a user should know of the functions behind it, one line each. */
  readonly notes: readonly string[];
  /** The plan as `batchwise plan --json` prints it and `batchwise execute` reads it. */
  toJSON(): ReturnType<typeof planAsJson>;
}

/**
 * Plans a fleet: what `batchwise plan` does, in one call.
 *
 * @throws UserError if the question makes no sense, or the fleet's functions do not allow it
 * @throws UndecidedError if the time limit ended the search without a plan and without a proof that there is none
 * @example
 * const fleet = datasetFleet("data/reference-cpu", { count: 32 });
 * const plan = await planFleet({ fleet, planClass: "soft", images: 10_000, timeMs: 10_000 });
 */
export async function planFleet(question: FleetQuestion, options: PlanOptions = {}): Promise<FleetPlan> {
  return await solveFleet(fleetProblem(question), options);
}

/** The same for a question whose problem is made already. */
export async function solveFleet(asked: FleetProblem, options: PlanOptions = {}): Promise<FleetPlan> {
  const { question, start, problem: first, nothingWithinLatency } = asked;
  const { planClass, fleet } = question;
  const leastForMost = isLeastForMost(asked);
  const { problem, outcome } = nothingWithinLatency
    ? { problem: first, outcome: nothingWithinLatency }
    : leastForMost
      ? await leastForMostImages(first, options)
      : { problem: first, outcome: await solvePlan(first, options) };
  return {
    problem,
    outcome,
    notes: notesOn(asked),
    toJSON: () =>
      planAsJson(outcome, questionOf(planClass, problem, start, fleet.sources), finishIntervals(outcome, fleet, start)),
  };
}

/** What a user should know of the functions behind a question, one line each. */
export function notesOn({ question: { fleet }, problem }: FleetProblem): string[] {
  return [...fleet.notes, ...notesOnEnergies(problem)];
}

/** Whether a relaxed plan is asked for least cost or energy: among those with the most images. */
export function isLeastForMost({ question: { planClass }, problem: { objective } }: FleetProblem): boolean {
  if (planClass !== "relaxed" || objective === "images") return false;
  if (objective === "devices") {
    throw new UserError("objective devices: of relaxed plans allowed are images, cost and energy");
  }
  return true;
}
