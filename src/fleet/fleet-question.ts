import { UserError } from "../core/user-error.js";
import type { Basis } from "../fit/basis.js";
import type { Percentile } from "../fit/percentile.js";
import type { PlanClass } from "../plan/answer/plan-document.js";
import type { InfeasiblePlan } from "../plan/answer/plan-outcome.js";
import { type DeviceType, microsecondsDown, type Start } from "../plan/question/device-type.js";
import type { Objective, PlanProblem } from "../plan/question/plan-problem.js";
import type { Fleet } from "./fleet.js";
import { type LatencyLimit, nothingWithin, withinLatency } from "./latency-limit.js";

/** What is asked of a fleet. */
export interface FleetQuestion
  extends Pick<PlanProblem, "billing" | "caps" | "maxSizes" | "miniBatchSize" | "shorterLast"> {
  readonly fleet: Fleet;
  /**
   * soft: fewest devices within a time; hard: the same with the worst that was observed; relaxed: most images within a
   * time; best-effort: least cost without one.
   */
  readonly planClass: PlanClass;
  /** Of the fleet's one workload, or of each by its name. Default: 0, any number, which only relaxed plans allow. */
  readonly images?: number | Readonly<Record<string, number>>;
  /** The deadline or budget; best-effort plans need none. */
  readonly timeMs?: number;
  /** Default: the plan class's own. */
  readonly objective?: Objective;
  /** Default: loaded; warm where no device's warm-up is known because others measured it. */
  readonly start?: Start;
  /**
   * That all devices of the plan stay within their times, between 0.5 and 1: upper prediction bounds in place of the
   * typical or the worst times.
   */
  readonly confidence?: number;
  readonly maxLatency?: LatencyLimit;
}

/** What a plan is asked for where nothing else is said. */
export const OBJECTIVE_OF_CLASS: Readonly<Record<PlanClass, Objective>> = {
  soft: "devices",
  relaxed: "images",
  hard: "devices",
  "best-effort": "cost",
};

/** A question to a fleet as a problem that can be solved. */
export interface FleetProblem {
  readonly question: FleetQuestion;
  /** That the confidence is of together. */
  readonly devices: number;
  readonly start: Start;
  readonly problem: PlanProblem;
  /** The same devices without the limit on their latency. */
  readonly typesOfAnyLatency: readonly DeviceType[];
  /** Why the limit on the latency alone leaves no plan; undefined where it leaves something. */
  readonly nothingWithinLatency: InfeasiblePlan | undefined;
  /** The devices as one of the resamples of their functions has them. */
  resampled(index: number): DeviceType[];
}

/**
 * @param devices that a confidence is of together: the more there are, the slower is the slowest of them
 * @throws UserError if the fleet's functions do not allow what is asked
 */
export function fleetProblem(question: FleetQuestion, devices = 1): FleetProblem {
  const { fleet, maxLatency } = question;
  const start = startOf(question);
  const typesOn = (basis: Basis) => fleet.types(basis, start);
  const typesOfAnyLatency = typesOn(basisOf(question, devices));
  const bound = maxLatency?.confidence;
  const bounds = bound === undefined ? typesOfAnyLatency : typesOn(boundBasis(question, bound));
  const within = (types: DeviceType[], held: readonly DeviceType[]) =>
    maxLatency === undefined ? types : withinLatency(types, held, maxLatency.limitUs);
  const problem = problemOf(question, within(typesOfAnyLatency, bounds));
  return {
    ...{ question, devices, start, problem },
    typesOfAnyLatency,
    nothingWithinLatency: maxLatency && nothingWithin(problem, bounds, maxLatency),
    resampled: (index) => {
      const types = typesOn({ kind: "resample", index });
      return within(types, bound === undefined ? types : bounds);
    },
  };
}

function problemOf(question: FleetQuestion, types: DeviceType[]): PlanProblem {
  const { planClass, timeMs, objective = OBJECTIVE_OF_CLASS[planClass] } = question;
  const { billing, caps, maxSizes, miniBatchSize, shorterLast } = question;
  if (timeMs === undefined && planClass !== "best-effort") throw new UserError(`${planClass} plan: needs a time`);
  return {
    types,
    workloads: workloadsOf(question),
    timeUs: timeMs === undefined ? "none" : microsecondsDown(timeMs),
    objective,
    ...(billing !== undefined && { billing }),
    ...(caps !== undefined && { caps }),
    ...(maxSizes !== undefined && { maxSizes }),
    ...(miniBatchSize !== undefined && { miniBatchSize }),
    ...(shorterLast !== undefined && { shorterLast }),
  };
}

/** @throws UserError if images are given for a workload that the fleet does not have, or for none of several */
function workloadsOf({ fleet: { workloads }, images = 0 }: FleetQuestion): PlanProblem["workloads"] {
  if (typeof images === "number") {
    if (workloads.length > 1) throw new UserError(`images ${images}: several workloads need a number each`);
    return workloads.map((name) => ({ name, images }));
  }
  const unknown = Object.keys(images).find((name) => !workloads.includes(name));
  if (unknown !== undefined) {
    throw new UserError(`images of ${unknown}: no such workload, allowed are ${workloads.join(", ")}`);
  }
  return workloads.map((name) => ({ name, images: (Object.hasOwn(images, name) && images[name]) || 0 }));
}

/** Soft and relaxed plans take the typical device, hard ones the worst that was seen; both an upper bound if asked. */
function basisOf({ fleet, planClass, confidence }: FleetQuestion, devices: number): Basis {
  if (confidence === undefined) return { kind: planClass === "hard" && fleet.measured ? "worst" : "typical" };
  if (!(confidence > 0.5 && confidence < 1)) {
    throw new UserError(`confidence ${confidence}: allowed are numbers between 0.5 and 1`);
  }
  if (fleet.noiseKnown) return { kind: "upper", confidence, processes: devices };
  if (fleet.measured) {
    throw new UserError(
      `confidence ${confidence}: each mini-batch was measured once, so that it is not known how processes differ; allowed are recorded percentiles (latency p99)`,
    );
  }
  throw new UserError("confidence: needs measured functions, these are given without a spread");
}

const RECORDED = [90, 95, 99] as const satisfies readonly Percentile[];

/** In which state devices start. */
export function startOf({ start, fleet }: Pick<FleetQuestion, "start" | "fleet">): Start {
  if (start !== undefined && start !== "warm" && fleet.measured && !fleet.warmupKnown) {
    throw new UserError(
      `start ${start}: warm-up is not known, allowed are warm and a warm-up from elsewhere (--warmup-from)`,
    );
  }
  return start ?? (fleet.measured && !fleet.warmupKnown ? "warm" : "loaded");
}

/** The upper prediction bound that a latency is held against; the percentile itself where others recorded it. */
function boundBasis({ fleet, maxLatency }: FleetQuestion, confidence: number): Basis {
  if (fleet.noiseKnown) return { kind: "upper", confidence };
  if (fleet.measured) {
    const percentile = RECORDED.find((recorded) => recorded === 100 * confidence);
    if (percentile !== undefined) return { kind: "recorded", percentile };
    throw new UserError(`${maxLatency?.name}: allowed are the percentiles that were recorded, ${RECORDED.join(", ")}`);
  }
  throw new UserError(
    `${maxLatency?.name}: needs measured functions, these are given without a spread; allowed is a time`,
  );
}
