import { UserError } from "../core/user-error.js";

/** What one device does with one mini-batch size: times in whole microseconds, energies in whole nanojoules, rounded up. */
export interface Choice {
  readonly miniBatchSize: number;
  readonly latencyUs: number;
  /** The first mini-batch: the warm-up, with the load before it where a plan counts it. */
  readonly warmupUs: number;
  readonly energyNj?: number;
  readonly warmupEnergyNj?: number;
}

/** Devices that are alike: how many there are and what each can do. */
export interface DeviceType {
  readonly name: string;
  readonly count: number;
  /** The largest number M of mini-batches after the first one. */
  readonly maxUses: number;
  /** In whole millionths of the currency. */
  readonly microPricePerHour?: number;
  /** Power of a device that waits, in whole milliwatts. */
  readonly idleMw?: number;
  /** For each workload the choices, smallest mini-batch first; none where the device can't serve it. */
  readonly choices: readonly (readonly Choice[])[];
}

/**
 * In which state a device starts: `loaded` has its model and pays the warm-up (the study's models), `cold` loads the
 * model first, `warm` has run this mini-batch size before and pays neither.
 */
export const STARTS = ["loaded", "cold", "warm"] as const;
export type Start = (typeof STARTS)[number];

/** What a device type is made from: functions of the mini-batch size. */
export interface DeviceFunctions {
  readonly name: string;
  readonly count: number;
  readonly maxUses: number;
  /** The largest mini-batch MB that fits the device. */
  readonly maxMiniBatchSize: number;
  /** Undefined or not a number where nothing is known, e.g. beyond the data. */
  latencyMs(miniBatchSize: number): number | undefined;
  warmupMs(miniBatchSize: number): number | undefined;
  /** Default: 0. Counts only for devices that start cold. */
  readonly loadMs?: number;
  readonly pricePerHour?: number;
  readonly idleW?: number;
  /** Energy of a steady mini-batch. */
  energyPerMiniBatchJ?(miniBatchSize: number): number;
  /** Energy of the first mini-batch. Default: the steady power for as long as the warm-up takes. */
  warmupEnergyJ?(miniBatchSize: number): number;
}

const MICRO = 1e6;
const MILLI = 1e3;
const NANO = 1e9;

/**
 * Tabulates a device's functions over the mini-batch sizes 1 to MB, for one workload.
 *
 * A first inference is never taken to be faster than a later one: where a fitted warm-up lies under the fitted
 * latency, the latency stands in for it. Nor is a working device taken to draw less than a waiting one.
 *
 * @throws UserError if a count is not a whole number from 1, or a function is not above 0 somewhere
 */
export function deviceType(functions: DeviceFunctions, start: Start = "loaded"): DeviceType {
  const { name, count, maxUses, maxMiniBatchSize, pricePerHour, idleW } = functions;
  if (!Number.isSafeInteger(count) || count < 1) throw new UserError(`device ${name}: count ${count}, allowed from 1`);
  if (!Number.isSafeInteger(maxUses) || maxUses < 0) {
    throw new UserError(`device ${name}: max uses ${maxUses}, allowed are whole numbers from 0`);
  }
  if (start === "cold" && functions.loadMs === undefined) {
    throw new UserError(`device ${name}: its load time is not known, which a cold start needs`);
  }
  const choices = [];
  for (let miniBatchSize = 1; miniBatchSize <= maxMiniBatchSize; miniBatchSize++) {
    const choice = choiceOf(functions, miniBatchSize, start);
    if (choice !== undefined) choices.push(choice);
  }
  return {
    name,
    count,
    maxUses,
    ...(pricePerHour !== undefined && { microPricePerHour: wholeUp(pricePerHour * MICRO) }),
    ...(idleW !== undefined && { idleMw: wholeUp(idleW * MILLI) }),
    choices: [choices],
  };
}

function choiceOf(functions: DeviceFunctions, miniBatchSize: number, start: Start): Choice | undefined {
  const latencyMs = functions.latencyMs(miniBatchSize);
  const fittedWarmupMs = functions.warmupMs(miniBatchSize);
  if (latencyMs === undefined || fittedWarmupMs === undefined) return undefined;
  if (Number.isNaN(latencyMs) || Number.isNaN(fittedWarmupMs)) return undefined;
  if (!(latencyMs > 0 && Number.isFinite(fittedWarmupMs))) {
    throw new UserError(
      `device ${functions.name}: latency ${latencyMs} ms at mini-batch size ${miniBatchSize}, allowed above 0`,
    );
  }
  const warmupMs = start === "warm" ? latencyMs : Math.max(fittedWarmupMs, latencyMs);
  const loadUs = start === "cold" ? wholeUp((functions.loadMs ?? 0) * MILLI) : 0;
  const latencyUs = wholeUp(latencyMs * MILLI);
  const firstUs = wholeUp(warmupMs * MILLI);
  const energyJ = functions.energyPerMiniBatchJ?.(miniBatchSize);
  if (energyJ === undefined) return { miniBatchSize, latencyUs, warmupUs: loadUs + firstUs };
  const idleMw = wholeUp((functions.idleW ?? 0) * MILLI); // milliwatts · microseconds are nanojoules
  const warmupEnergyJ = functions.warmupEnergyJ?.(miniBatchSize) ?? energyJ * (warmupMs / latencyMs);
  return {
    miniBatchSize,
    latencyUs,
    warmupUs: loadUs + firstUs,
    energyNj: Math.max(wholeUp(energyJ * NANO), idleMw * latencyUs),
    warmupEnergyNj: loadUs * idleMw + Math.max(wholeUp(warmupEnergyJ * NANO), idleMw * firstUs),
  };
}

/** The same devices for several workloads: one table of choices each. */
export function forWorkloads(tables: readonly DeviceType[]): DeviceType {
  const [first] = tables;
  if (first === undefined) throw new UserError("workloads: none given, allowed is at least one");
  return { ...first, choices: tables.flatMap(({ choices }) => choices) };
}

/** Rounds up, but not for the error of a decimal number in binary: 1.1 ms are 1,100 µs and not 1,101. */
function wholeUp(value: number): number {
  return Math.ceil(Number(value.toPrecision(12)));
}

/** Milliseconds as whole microseconds, rounded down; see `wholeUp`. */
export function microsecondsDown(ms: number): number {
  return Math.floor(Number((ms * MILLI).toPrecision(12)));
}
