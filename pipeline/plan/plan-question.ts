import { parseNumber } from "../../src/core/units.js";
import { UserError } from "../../src/core/user-error.js";
import type { Basis } from "../../src/fit/basis.js";
import type { PlanClass } from "../../src/plan/answer/plan-document.js";
import { UNNAMED_WORKLOAD } from "../../src/plan/answer/plan-outcome.js";
import { microsecondsDown, RANGES, STARTS, type Start } from "../../src/plan/question/device-type.js";
import {
  BILLINGS,
  type Caps,
  LARGEST_CAP,
  OBJECTIVES,
  type Objective,
  type PlanProblem,
  type Workload,
} from "../../src/plan/question/plan-problem.js";
import { parseInteger, parseName, parseTimeMs } from "../arguments.js";
import type { DeviceFlags } from "./plan-devices.js";

/** What `batchwise plan` is asked on the command line. */
export interface PlanFlags extends DeviceFlags {
  readonly images?: string;
  readonly deadline?: string;
  readonly budget?: string;
  readonly workload?: readonly string[];
  readonly objective?: string;
  readonly billing?: string;
  readonly start: string;
  readonly confidence?: string;
  readonly maxCost?: string;
  readonly maxEnergyJ?: string;
  readonly maxPowerW?: string;
  readonly maxSizes?: string;
  readonly miniBatchSize?: string;
  readonly shorterLast?: boolean;
}

const DEFAULT_OBJECTIVES: Readonly<Record<PlanClass, Objective>> = {
  soft: "devices",
  relaxed: "images",
  hard: "devices",
  "best-effort": "cost",
};

/** The workloads that are asked for: one without a name, or several with names. */
export function workloadsOf(planClass: PlanClass, { images, workload }: PlanFlags): Workload[] {
  if (workload !== undefined && workload.length > 0) {
    if (images !== undefined) throw new UserError("--images: not allowed together with --workload NAME=IMAGES");
    return workload.map((text) => {
      const [, name, count] = /^(.+?)=(.+)$/.exec(text) ?? [];
      if (name === undefined || count === undefined) {
        throw new UserError(`--workload ${JSON.stringify(text)}: allowed is NAME=IMAGES`);
      }
      return {
        name,
        images: parseInteger("--workload", count, { ...RANGES.images, least: planClass === "relaxed" ? 0 : 1 }),
      };
    });
  }
  if (planClass === "relaxed") return [{ name: UNNAMED_WORKLOAD, images: 0 }];
  if (images === undefined) throw new UserError("--images: missing, allowed are whole numbers from 1");
  return [{ name: UNNAMED_WORKLOAD, images: parseInteger("--images", images) }];
}

/** The question without its devices. */
export function questionWithoutDevices(planClass: PlanClass, flags: PlanFlags): Omit<PlanProblem, "types"> {
  const timeFlag = planClass === "relaxed" ? "budget" : "deadline";
  const time = flags[timeFlag];
  if (time === undefined && planClass !== "best-effort") {
    throw new UserError(`--${timeFlag}: missing, allowed are times like 5s`);
  }
  const { objective, billing, maxSizes, miniBatchSize, shorterLast } = flags;
  const caps = capsOf(flags);
  return {
    workloads: workloadsOf(planClass, flags),
    timeUs: time === undefined ? undefined : microsecondsDown(parseTimeMs(`--${timeFlag}`, time)),
    objective:
      objective === undefined ? DEFAULT_OBJECTIVES[planClass] : parseName("--objective", OBJECTIVES, objective),
    ...(billing !== undefined && { billing: parseName("--billing", BILLINGS, billing) }),
    ...(Object.keys(caps).length > 0 && { caps }),
    ...(maxSizes !== undefined && { maxSizes: parseInteger("--max-sizes", maxSizes) }),
    ...(miniBatchSize !== undefined && {
      miniBatchSize: parseInteger("--mini-batch-size", miniBatchSize, RANGES.miniBatchSize),
    }),
    ...(shorterLast && { shorterLast }),
  };
}

function capsOf({ maxCost, maxEnergyJ, maxPowerW }: PlanFlags): Caps {
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

/** Soft and relaxed plans take the typical device, hard ones the worst that was seen; both an upper bound if asked. */
export function basisOf(planClass: PlanClass, { confidence }: PlanFlags): Basis {
  if (confidence === undefined) return { kind: planClass === "hard" ? "worst" : "typical" };
  const value = parseNumber(confidence);
  if (value === undefined || !(value > 0.5 && value < 1)) {
    throw new UserError(`--confidence ${JSON.stringify(confidence)}: allowed are numbers between 0.5 and 1`);
  }
  return { kind: "upper", confidence: value };
}

export function startOf({ start }: PlanFlags): Start {
  return parseName("--start", STARTS, start);
}
