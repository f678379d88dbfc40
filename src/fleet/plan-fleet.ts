import { UserError } from "../core/user-error.js";
import { confidenceOfEach } from "../fit/basis.js";
import { type FunctionSource, planAsJson, questionOf } from "../plan/answer/plan-document.js";
import type { PlanOutcome } from "../plan/answer/plan-outcome.js";
import { atLeastOneImage, leastForMostImages } from "../plan/explore/least-for-most-images.js";
import { type PlanOptions, solvePlan } from "../plan/plan.js";
import { notesOnEnergies } from "../plan/question/known-energies.js";
import type { PlanProblem } from "../plan/question/plan-problem.js";
import { startClock } from "../plan/solve/clock.js";
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
  return (await settledPlan(fleetProblem(question), options)).plan;
}

/** A question whose bounds are of as many devices together as its plan uses, or more, and that plan. */
export interface SettledPlan {
  readonly asked: FleetProblem;
  readonly plan: FleetPlan;
}

/**
 * Plans a fleet so that a confidence is of all devices of the plan together. The slowest of many devices is slower, and
 * slower ones need more devices: bounds of one device first, then of as many as the plan used, until it uses no more
 * than they are of. No smaller number of devices can do: with bounds of fewer than the plan needs it needs no fewer.
 *
 * @param first the question with bounds of one device
 * @param options its time limit is for all of the plans together
 * @throws UserError as `planFleet` does
 */
export async function settledPlan(first: FleetProblem, options: PlanOptions = {}): Promise<SettledPlan> {
  const clock = startClock(options.limitMs);
  for (let asked = first; ; ) {
    const plan = await solveFleet(asked, { ...options, limitMs: clock.leftMs() });
    const used = plan.outcome.status === "infeasible" ? 0 : plan.outcome.devices.length;
    if (asked.question.confidence === undefined || used <= asked.devices) return { asked, plan };
    asked = fleetProblem(asked.question, used);
  }
}

async function solveFleet(asked: FleetProblem, options: PlanOptions): Promise<FleetPlan> {
  const { question, start, problem: first, nothingWithinLatency } = asked;
  const { planClass, fleet } = question;
  const leastForMost = isLeastForMost(asked);
  const { problem, outcome } = nothingWithinLatency
    ? { problem: leastForMost ? atLeastOneImage(first) : first, outcome: nothingWithinLatency }
    : leastForMost
      ? await leastForMostImages(first, options)
      : { problem: first, outcome: await solvePlan(first, options) };
  return {
    problem,
    outcome,
    notes: notesOn(asked),
    toJSON: () =>
      planAsJson(
        outcome,
        {
          ...questionOf(planClass, problem, start, sourcesOf(question)),
          ...(question.confidence !== undefined && {
            confidence: { probability: question.confidence, devices: asked.devices },
          }),
        },
        finishIntervals(outcome, fleet, start),
      ),
  };
}

/** Where the functions come from; the worst that was observed is neither mean nor median. */
function sourcesOf({ fleet, planClass, confidence }: FleetQuestion): FunctionSource[] {
  if (planClass !== "hard" || confidence !== undefined) return [...fleet.sources];
  return fleet.sources.map(({ latency: _, ...source }) => source);
}

/**
 * What a plan's times are of, for people; undefined where functions were given, but for bounds.
 *
 * @example
 * timesOf(question); // "mean latencies, all devices with 0.95"
 */
export function timesOf(question: FleetQuestion): string | undefined {
  const { fleet, planClass, confidence } = question;
  if (!fleet.measured) return confidence === undefined ? undefined : `bounds of all devices with ${confidence}`;
  if (planClass === "hard" && confidence === undefined) return "the worst observed times";
  const statistics = [...new Set(fleet.sources.map(({ latency = "median" }) => latency))];
  return `${statistics.join(" and ")} latencies${confidence === undefined ? "" : `, all devices with ${confidence}`}`;
}

/** What a user should know of the functions behind a question, one line each. */
export function notesOn(asked: FleetProblem): string[] {
  const { question, problem } = asked;
  return [
    ...question.fleet.notes,
    ...noteOnStart(question),
    ...notesOnEnergies(problem),
    ...noteOnTail(asked),
    ...noteOnSessions(question),
  ];
}

/** Where nothing is known of first inferences and nobody said how devices start. */
function noteOnStart({ start, fleet }: FleetQuestion): string[] {
  if (start !== undefined || fleet.warmupKnown || !fleet.measured) return [];
  return ["warm-up is not known: devices are taken to start warm; a warm-up from elsewhere (--warmup-from) counts it"];
}

/** Where a confidence of many devices asks more of each than its trials have shown. */
function noteOnTail({ question: { fleet, confidence }, devices }: FleetProblem): string[] {
  if (confidence === undefined) return [];
  const ofEach = confidenceOfEach(confidence, devices);
  if (ofEach <= fleet.maxConfidence) return [];
  const shown = (share: number) => (Math.floor(share * 10_000) / 10_000).toString();
  return [
    `confidence ${confidence} of ${devices} devices together is ${shown(ofEach)} of each, and trials show no more than ` +
      `${shown(fleet.maxConfidence)}: beyond, it rests on noise that is log-normal`,
  ];
}

/** One session says nothing of how another one differs, nor do several that measured cells of their own. */
function noteOnSessions({ fleet, confidence }: FleetQuestion): string[] {
  if (confidence === undefined || fleet.fewestRuns > 1) return [];
  return [
    `confidence ${confidence} is of what was measured: how far another session differs is not in it, sweep --again on ` +
      "another day tells",
  ];
}

/** Whether a relaxed plan is asked for least cost or energy: among those with the most images. */
export function isLeastForMost({ question: { planClass }, problem: { objective } }: FleetProblem): boolean {
  if (planClass !== "relaxed" || objective === "images") return false;
  if (objective === "devices") {
    throw new UserError("objective devices: of relaxed plans allowed are images, cost and energy");
  }
  return true;
}
