import type { Configuration } from "./configuration.js";
import type { PlanProblem } from "./plan-problem.js";

/** A cap as a row: what each device and each further mini-batch take of it, and how much there is, in whole units. */
export interface CapLimit {
  readonly name: "cost" | "energy" | "power" | "devices";
  readonly limit: number;
  first(configuration: Configuration): number;
  further(configuration: Configuration): number;
}

const US_PER_HOUR = 3.6e9;
const MICRO = 1e6;
const NANO = 1e9;
const MILLI = 1e3;

/** The caps of a problem in the units of its configurations, rounded down. */
export function capLimits({ caps = {} }: PlanProblem): CapLimit[] {
  const limits: CapLimit[] = [];
  if (caps.cost !== undefined) {
    limits.push({
      name: "cost",
      limit: Math.floor(caps.cost * MICRO * US_PER_HOUR),
      first: ({ firstCost }) => firstCost,
      further: ({ furtherCost }) => furtherCost,
    });
  }
  if (caps.energyJ !== undefined) {
    limits.push({
      name: "energy",
      limit: Math.floor(caps.energyJ * NANO),
      first: ({ firstEnergyNj }) => firstEnergyNj,
      further: ({ furtherEnergyNj }) => furtherEnergyNj,
    });
  }
  if (caps.powerW !== undefined) {
    limits.push({
      name: "power",
      limit: Math.floor(caps.powerW * MILLI),
      first: ({ powerMw }) => powerMw,
      further: () => 0,
    });
  }
  if (caps.devices !== undefined) {
    limits.push({ name: "devices", limit: caps.devices, first: () => 1, further: () => 0 });
  }
  return limits;
}

/** The configurations of which at least one device is under every cap. */
export function withinCaps(problem: PlanProblem, configurations: readonly Configuration[]): Configuration[] {
  const limits = capLimits(problem);
  return configurations.filter((one) => limits.every(({ first, limit }) => first(one) <= limit));
}

/** A cost in the units of configurations as an amount of the currency. */
export function currencyOf(cost: bigint | number): number {
  return Number(cost) / (MICRO * US_PER_HOUR);
}

/** An energy in nanojoules as joules. */
export function joulesOf(energyNj: bigint | number): number {
  return Number(energyNj) / NANO;
}
