import { type BindingLimit, bindingLimits, limitsOf, type UserLimit } from "../plan/explore/binding-limits.js";
import { type ParetoFront, paretoFront, requireFront } from "../plan/explore/pareto-front.js";
import type { PlanOptions } from "../plan/plan.js";
import type { PlanProblem } from "../plan/question/plan-problem.js";
import { type Clock, startClock } from "../plan/solve/clock.js";
import { type FleetProblem, type FleetQuestion, fleetProblem } from "./fleet-question.js";
import { type FleetPlan, isLeastForMost, type SettledPlan, settledPlan } from "./plan-fleet.js";

/** For what there would be without the limits: nobody asked for that to be proven. */
const LONGEST_SECOND_LOOK_MS = 2000;

/** A plan, and which of the user's limits keep it from being better. */
export interface AnsweredPlan extends SettledPlan {
  readonly binding: readonly BindingLimit[];
  /** Where it was asked for. */
  readonly front?: ParetoFront;
}

/**
 * Answers a question as `batchwise plan` does: the plan, the limits that bind, and cost against finish time at so many
 * deadlines where that is asked for.
 *
 * @param options its time limit is for plan and limits together, and another one for the front
 * @throws UserError as `planFleet` does
 */
export async function answerQuestion(
  question: FleetQuestion,
  options: PlanOptions = {},
  points?: number,
): Promise<AnsweredPlan> {
  const first = fleetProblem(question);
  if (points !== undefined) requireFront(first.problem);
  const clock = startClock(options.limitMs);
  const settled = await settledPlan(first, options);
  const front = points === undefined ? undefined : await frontOf(settled, points, options);
  return { ...settled, ...(front && { front }), binding: await limitsThatBind(settled, options, clock) };
}

async function frontOf(
  { asked, plan: { problem } }: SettledPlan,
  points: number,
  options: PlanOptions,
): Promise<ParetoFront | undefined> {
  const { timeUs } = problem;
  return asked.nothingWithinLatency || timeUs === "none"
    ? undefined
    : paretoFront({ ...problem, timeUs }, points, options);
}

/**
 * The limits of the user's that bind, by the first of the questions that they limit.
 *
 * @param clock what is left on it may be used, and no more than a few seconds
 */
export async function limitsThatBind(
  { asked, plan: { problem, outcome } }: SettledPlan,
  options: PlanOptions,
  clock: Clock,
): Promise<BindingLimit[]> {
  const second = { ...options, limitMs: Math.min(clock.leftMs(), LONGEST_SECOND_LOOK_MS) };
  const found = await bindingLimits(problem, outcome, limitsOn(asked, problem), second);
  return [...new Map(found.toReversed().map((limit) => [limit.name, limit])).values()].toReversed();
}

/** What the user limited: of the problem that was solved, and of the most images where these came first. */
function limitsOn(asked: FleetProblem, solved: PlanProblem): UserLimit[] {
  const { maxLatency } = asked.question;
  const limited = [...(isLeastForMost(asked) ? [{ ...asked.problem, objective: "images" as const }] : []), solved];
  return limited.flatMap((problem) => [
    ...limitsOf(problem),
    ...(maxLatency ? [{ name: maxLatency.name, without: { ...problem, types: asked.typesOfAnyLatency } }] : []),
  ]);
}

/**
 * The document that `batchwise plan --json` prints.
 *
 * @param extras what else was asked for, by the names that it has there
 */
export function answerAsJson(
  plan: FleetPlan,
  binding: readonly BindingLimit[],
  extras: Readonly<Record<string, unknown>> = {},
): object {
  return {
    ...plan.toJSON(),
    ...extras,
    binding_limits: binding.map(({ name, without }) => ({ limit: name, without })),
    ...(plan.notes.length > 0 && { notes: plan.notes }),
  };
}

/** A limit that binds as a line for people. */
export function bindingLine({ name, without }: BindingLimit): string {
  return without === undefined
    ? `limit that may bind: ${name}; what there would be without it is not known`
    : `limit that binds: ${name}; without it ${without}`;
}
