import { UserError } from "../../core/user-error.js";

/**
 * What one device does with one mini-batch size: times in whole microseconds, energies in whole nanojoules, rounded up.
 */
export interface Choice {
  readonly miniBatchSize: number;
  readonly latencyUs: number;
  /** The first mini-batch: the warm-up, with the load before it where a plan counts it. */
  readonly warmupUs: number;
  /** As a shorter last mini-batch of a device that has not run this size before. Missing: the latency. */
  readonly lastUs?: number;
  readonly energyNj?: number;
  readonly warmupEnergyNj?: number;
  /** Power of the first mini-batch in whole milliwatts, where a load stands before it. Missing: energy over time. */
  readonly firstMw?: number;
}

/** Devices that are alike: how many there are and what each can do. */
export interface DeviceType {
  readonly name: string;
  readonly count: number;
  /** The largest number M of mini-batches after the first one; Infinity for none. */
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
 * model first, `warm` has run every mini-batch size before and pays neither.
 */
export const STARTS = ["loaded", "cold", "warm"] as const;
/** What a device has done before a plan starts. */
export type Start = (typeof STARTS)[number];

/** What a device type is made from: functions of the mini-batch size. */
export interface DeviceFunctions {
  readonly name: string;
  readonly count: number;
  /** Default: no limit. */
  readonly maxUses?: number;
  /** The largest mini-batch MB that fits the device. */
  readonly maxMiniBatchSize: number;
  /** Those that are known, smallest first. Default: all from 1 to the largest. */
  readonly miniBatchSizes?: readonly number[];
  /** Undefined or not a number where nothing is known, e.g. beyond the data. */
  latencyMs(miniBatchSize: number): number | undefined;
  /** Not needed by a device that starts warm. */
  warmupMs?(miniBatchSize: number): number | undefined;
  /**
   * Whether every new mini-batch size pays its warm-up, as GPU providers make it pay, or only a device's first one, as
   * on the CPU provider, where a new size takes 0.8 to 1.3 times a known one. It counts for a shorter last mini-batch.
   * Default: true.
   */
  readonly warmupPerShape?: boolean;
  /** Default: 0. Counts only for devices that start cold. */
  readonly loadMs?: number;
  readonly pricePerHour?: number;
  readonly idleW?: number;
  /** Energy of a steady mini-batch; undefined where it is not known. */
  energyPerMiniBatchJ?(miniBatchSize: number): number | undefined;
  /**
   * Energy of the first mini-batch; undefined where it is not known, which a device that starts warm need not know.
   * Default: the steady power for as long as the warm-up takes.
   */
  warmupEnergyJ?(miniBatchSize: number): number | undefined;
}

const MICRO = 1e6;
const MILLI = 1e3;
const NANO = 1e9;

/** What a plan can count: beyond these ranges sums would no longer be exact, or plans have no use. */
export const RANGES = {
  /** From a microsecond, in which times are counted, to some eleven days. */
  inferenceMs: { least: 0.001, most: 1e9 },
  loadMs: { least: 0, most: 1e9 },
  /** Some 31 years. */
  timeMs: { least: 0.001, most: 1e12 },
  pricePerHour: { least: 0, most: 1e6 },
  idleW: { least: 0, most: 1e5 },
  energyJ: { least: 0, most: 9e6 },
  miniBatchSize: { least: 1, most: 65_536 },
  /** Of one type; also of all types together. */
  devices: { least: 1, most: 1_000_000 },
  images: { least: 1, most: Number.MAX_SAFE_INTEGER },
} as const;

/**
 * Tabulates a device's functions over the mini-batch sizes 1 to MB, for one workload. A working device is not taken to
 * draw less than a waiting one.
 *
 * @throws UserError if a count is not a whole number from 1, or a value is outside its range
 * @example
 * deviceType({ name: "a", count: 2, maxMiniBatchSize: 8, latencyMs: (b) => 2 + b, warmupMs: (b) => 90 + b });
 */
export function deviceType(functions: DeviceFunctions, start: Start = "loaded"): DeviceType {
  const { name, count, maxUses = Number.POSITIVE_INFINITY, maxMiniBatchSize, pricePerHour, idleW } = functions;
  requireRange(name, "count", "", count, RANGES.devices);
  if (!Number.isSafeInteger(count)) throw new UserError(`device ${name}: count ${count}, allowed are whole numbers`);
  if (maxUses !== Number.POSITIVE_INFINITY && (!Number.isSafeInteger(maxUses) || maxUses < 0)) {
    throw new UserError(`device ${name}: max uses ${maxUses}, allowed are whole numbers from 0`);
  }
  if (maxMiniBatchSize > RANGES.miniBatchSize.most) {
    throw new UserError(
      `device ${name}: mini-batch size ${maxMiniBatchSize}, allowed up to ${RANGES.miniBatchSize.most}`,
    );
  }
  if (start === "cold" && functions.loadMs === undefined) {
    throw new UserError(`device ${name}: its load time is not known, which a cold start needs`);
  }
  if (start !== "warm" && functions.warmupMs === undefined) {
    throw new UserError(`device ${name}: warmup_ms is missing, which start ${start} needs; allowed without it is warm`);
  }
  if (functions.loadMs !== undefined) requireRange(name, "load", "ms", functions.loadMs, RANGES.loadMs);
  if (pricePerHour !== undefined) requireRange(name, "price per hour", "", pricePerHour, RANGES.pricePerHour);
  if (idleW !== undefined) requireRange(name, "idle power", "W", idleW, RANGES.idleW);
  const choices = [];
  const { miniBatchSizes = Array.from({ length: maxMiniBatchSize }, (_, index) => index + 1) } = functions;
  for (const miniBatchSize of miniBatchSizes) {
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
  const { name, warmupPerShape = true } = functions;
  const latencyMs = functions.latencyMs(miniBatchSize);
  const warmupMs = start === "warm" ? latencyMs : functions.warmupMs?.(miniBatchSize);
  if (latencyMs === undefined || warmupMs === undefined) return undefined;
  if (Number.isNaN(latencyMs) || Number.isNaN(warmupMs)) return undefined;
  const at = `at mini-batch size ${miniBatchSize}`;
  requireRange(name, `latency ${at}`, "ms", latencyMs, RANGES.inferenceMs);
  requireRange(name, `warm-up ${at}`, "ms", warmupMs, RANGES.inferenceMs);
  const loadUs = start === "cold" ? microsecondsUp(functions.loadMs ?? 0) : 0;
  const latencyUs = microsecondsUp(latencyMs);
  const firstUs = microsecondsUp(warmupMs);
  const times = {
    miniBatchSize,
    latencyUs,
    warmupUs: loadUs + firstUs,
    ...(warmupPerShape && firstUs !== latencyUs && { lastUs: firstUs }),
  };
  const energyJ = functions.energyPerMiniBatchJ?.(miniBatchSize);
  const warmupEnergyJ =
    start === "warm" || functions.warmupEnergyJ === undefined
      ? (energyJ ?? 0) * (warmupMs / latencyMs)
      : functions.warmupEnergyJ(miniBatchSize);
  if (energyJ === undefined || warmupEnergyJ === undefined) return times;
  requireRange(name, `energy ${at}`, "J", energyJ, RANGES.energyJ);
  requireRange(name, `energy of the first mini-batch ${at}`, "J", warmupEnergyJ, RANGES.energyJ);
  const idleMw = wholeUp((functions.idleW ?? 0) * MILLI); // milliwatts · microseconds are nanojoules
  const energyNj = Math.max(wholeUp(energyJ * NANO), idleMw * latencyUs);
  const firstNj = Math.max(wholeUp(warmupEnergyJ * NANO), idleMw * firstUs);
  const warmupEnergyNj = loadUs * idleMw + firstNj;
  if (!Number.isSafeInteger(Math.max(energyNj, warmupEnergyNj))) {
    throw new UserError(`device ${name}: waits for more than ${Number.MAX_SAFE_INTEGER / NANO} J ${at}`);
  }
  return { ...times, energyNj, warmupEnergyNj, ...(loadUs > 0 && { firstMw: Math.ceil(firstNj / firstUs) }) };
}

function requireRange(
  device: string,
  what: string,
  unit: string,
  value: number,
  { least, most }: { readonly least: number; readonly most: number },
): void {
  if (value >= least && value <= most) return;
  const shown = unit === "" ? `${value}` : `${value} ${unit}`;
  throw new UserError(`device ${device}: ${what} ${shown}, allowed are ${least} to ${most}`);
}

/** The same devices for several workloads: one table of choices each. */
export function forWorkloads(tables: readonly DeviceType[]): DeviceType {
  const [first] = tables;
  if (first === undefined) throw new UserError("workloads: none given, allowed is at least one");
  return { ...first, choices: tables.flatMap(({ choices }) => choices) };
}

/** Rounds up, but not for the error of a decimal number in binary: 1.1 ms are 1,100 µs and not 1,101. */
function wholeUp(value: number): number {
  return Math.ceil(Number(value.toPrecision(15)));
}

/** Milliseconds as whole microseconds, rounded up; see `wholeUp`. */
export function microsecondsUp(ms: number): number {
  return wholeUp(ms * MILLI);
}

/** Milliseconds as whole microseconds, rounded down; see `wholeUp`. */
export function microsecondsDown(ms: number): number {
  return Math.floor(Number((ms * MILLI).toPrecision(15)));
}
