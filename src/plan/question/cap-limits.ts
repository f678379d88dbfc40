import type { Configuration } from "./configuration.js";
import type { PlanProblem } from "./plan-problem.js";

/** A cap as a row: what each device and each further mini-batch take of it, and how much there is, in whole units. */
export interface CapLimit {
  readonly name: "cost" | "energy" | "power" | "devices";
  readonly limit: bigint;
  first(configuration: Configuration): bigint;
  further(configuration: Configuration): bigint;
}

const US_PER_HOUR = 3.6e9;
const MICRO = 1e6;
const NANO = 1e9;
const MILLI = 1e3;
/** Millionths of the currency per hour × microseconds. */
export const COST_PER_CURRENCY = MICRO * US_PER_HOUR;

/**
 * The caps of a problem in the units of its configurations. A plan's own cost or energy, as it is shown, is within
 * them.
 */
export function capLimits({ caps = {} }: PlanProblem): CapLimit[] {
  const limits: CapLimit[] = [];
  if (caps.cost !== undefined) {
    limits.push({
      name: "cost",
      limit: mostShownAs(caps.cost, COST_PER_CURRENCY, currencyOf),
      first: ({ firstCost }) => firstCost,
      further: ({ furtherCost }) => furtherCost,
    });
  }
  if (caps.energyJ !== undefined) {
    limits.push({
      name: "energy",
      limit: mostShownAs(caps.energyJ, NANO, joulesOf),
      first: ({ firstEnergyNj }) => firstEnergyNj,
      further: ({ furtherEnergyNj }) => furtherEnergyNj,
    });
  }
  if (caps.powerW !== undefined) {
    limits.push({
      name: "power",
      limit: BigInt(Math.floor(Number((caps.powerW * MILLI).toPrecision(15)))),
      first: ({ powerMw }) => BigInt(powerMw),
      further: () => 0n,
    });
  }
  if (caps.devices !== undefined) {
    limits.push({ name: "devices", limit: BigInt(caps.devices), first: () => 1n, further: () => 0n });
  }
  return limits;
}

/** The largest whole amount that is shown as no more than a value: both are rounded to the nearest number. */
function mostShownAs(value: number, perUnit: number, shown: (amount: bigint) => number): bigint {
  const guess = BigInt(Math.floor(value * perUnit));
  const margin = guess / 2n ** 50n + 2n; // more than the rounding of either
  let low = guess > margin ? guess - margin : 0n;
  let high = guess + margin;
  while (low < high) {
    const middle = (low + high + 1n) / 2n;
    if (shown(middle) <= value) low = middle;
    else high = middle - 1n;
  }
  return low;
}

/** The configurations of which at least one device is under every cap. */
export function withinCaps(problem: PlanProblem, configurations: readonly Configuration[]): Configuration[] {
  const limits = capLimits(problem);
  return configurations.filter((one) => limits.every(({ first, limit }) => first(one) <= limit));
}

/** A cost in the units of configurations as an amount of the currency. */
export function currencyOf(cost: bigint): number {
  return Number(cost) / COST_PER_CURRENCY;
}

/** An energy in nanojoules as joules. */
export function joulesOf(energyNj: bigint): number {
  return Number(energyNj) / NANO;
}
