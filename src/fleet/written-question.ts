import { parseNumber } from "../core/units.js";
import { UserError } from "../core/user-error.js";
import { parseInteger, parseName } from "../core/written-values.js";
import type { PlanClass } from "../plan/answer/plan-document.js";
import { UNNAMED_WORKLOAD } from "../plan/answer/plan-outcome.js";
import { microsecondsDown, RANGES, STARTS } from "../plan/question/device-type.js";
import { BILLINGS, type Caps, LARGEST_CAP, OBJECTIVES } from "../plan/question/plan-problem.js";
import { parseTimeMs } from "../plan/question/written-time.js";
import type { FleetQuestion } from "./fleet-question.js";
import type { LatencyLimit } from "./latency-limit.js";

/** A question without its devices as people write it: by the options of `batchwise plan`. */
export interface WrittenQuestion {
  readonly images?: string;
  readonly deadline?: string;
  readonly budget?: string;
  readonly workload?: readonly string[];
  readonly objective?: string;
  readonly billing?: string;
  readonly start?: string;
  readonly confidence?: string;
  readonly maxLatency?: string;
  readonly maxCost?: string;
  readonly maxEnergyJ?: string;
  readonly maxPowerW?: string;
  readonly maxSizes?: string;
  readonly miniBatchSize?: string;
  readonly shorterLast?: boolean;
  /** Beside the plan: cost against finish time, at so many deadlines. */
  readonly pareto?: string;
}

/** The question without its fleet, and the workloads that the fleet must serve. */
export interface AskedQuestion {
  readonly workloads: readonly string[];
  readonly question: Omit<FleetQuestion, "fleet">;
}

/** @throws UserError naming the first option that makes no sense */
export function askedQuestion(planClass: PlanClass, flags: WrittenQuestion): AskedQuestion {
  const timeFlag = planClass === "relaxed" ? "budget" : "deadline";
  const time = flags[timeFlag];
  if (time === undefined && planClass !== "best-effort") {
    throw new UserError(`--${timeFlag}: missing, allowed are times like 5s`);
  }
  const { objective, billing, confidence, maxLatency, maxSizes, miniBatchSize, shorterLast } = flags;
  const caps = capsOf(flags);
  const images = imagesOf(planClass, flags);
  return {
    workloads: [...images.keys()],
    question: {
      planClass,
      images: Object.fromEntries(images),
      ...(flags.start !== undefined && { start: parseName("--start", STARTS, flags.start) }),
      ...(time !== undefined && { timeMs: parseTimeMs(`--${timeFlag}`, time) }),
      ...(objective !== undefined && { objective: parseName("--objective", OBJECTIVES, objective) }),
      ...(billing !== undefined && { billing: parseName("--billing", BILLINGS, billing) }),
      ...(confidence !== undefined && { confidence: parseConfidence(confidence) }),
      ...(maxLatency !== undefined && { maxLatency: parseMaxLatency(maxLatency) }),
      ...(Object.keys(caps).length > 0 && { caps }),
      ...(maxSizes !== undefined && { maxSizes: parseInteger("--max-sizes", maxSizes) }),
      ...(miniBatchSize !== undefined && {
        miniBatchSize: parseInteger("--mini-batch-size", miniBatchSize, RANGES.miniBatchSize),
      }),
      ...(shorterLast && { shorterLast }),
    },
  };
}

/** The images of each workload that is asked for: of one without a name, or of several with names. */
function imagesOf(planClass: PlanClass, { images, workload }: WrittenQuestion): Map<string, number> {
  if (workload !== undefined && workload.length > 0) {
    if (images !== undefined) throw new UserError("--images: not allowed together with --workload NAME=IMAGES");
    const least = planClass === "relaxed" ? 0 : 1;
    const named = new Map<string, number>();
    for (const text of workload) {
      const [, name, count] = /^(.+?)=(.+)$/.exec(text) ?? [];
      if (name === undefined || count === undefined) {
        throw new UserError(`--workload ${JSON.stringify(text)}: allowed is NAME=IMAGES`);
      }
      if (named.has(name)) throw new UserError(`workload ${name}: given twice, allowed is once`);
      named.set(name, parseInteger("--workload", count, { ...RANGES.images, least }));
    }
    return named;
  }
  if (planClass === "relaxed") return new Map([[UNNAMED_WORKLOAD, 0]]);
  if (images === undefined) throw new UserError("--images: missing, allowed are whole numbers from 1");
  return new Map([[UNNAMED_WORKLOAD, parseInteger("--images", images)]]);
}

function capsOf({ maxCost, maxEnergyJ, maxPowerW }: WrittenQuestion): Caps {
  return {
    ...(maxCost !== undefined && { cost: parseCap("--max-cost", maxCost) }),
    ...(maxEnergyJ !== undefined && { energyJ: parseCap("--max-energy-j", maxEnergyJ) }),
    ...(maxPowerW !== undefined && { powerW: parseCap("--max-power-w", maxPowerW) }),
  };
}

function parseCap(option: string, text: string): number {
  const cap = parseNumber(text);
  if (cap === undefined || cap > LARGEST_CAP) {
    throw new UserError(`${option} ${JSON.stringify(text)}: allowed are numbers from 0 to ${LARGEST_CAP}`);
  }
  return cap;
}

function parseConfidence(text: string): number {
  const value = parseNumber(text);
  if (value === undefined || !(value > 0.5 && value < 1)) {
    throw new UserError(`--confidence ${JSON.stringify(text)}: allowed are numbers between 0.5 and 1`);
  }
  return value;
}

/** @example parseMaxLatency("p99=50ms"); // { name: "--max-latency p99=50ms", limitUs: 50_000, confidence: 0.99 } */
export function parseMaxLatency(text: string): LatencyLimit {
  const name = `--max-latency ${text}`;
  const [, quantile, time = text] = /^\s*p([\d.]+)\s*=(.*)$/.exec(text) ?? [];
  const limitUs = microsecondsDown(parseTimeMs("--max-latency", time));
  if (quantile === undefined) return { name, limitUs, confidence: undefined };
  const percent = Number(quantile);
  if (!(percent > 50 && percent < 100)) {
    throw new UserError(`--max-latency ${JSON.stringify(text)}: p${quantile}, allowed are p above 50 and below 100`);
  }
  return { name, limitUs, confidence: percent / 100 };
}
