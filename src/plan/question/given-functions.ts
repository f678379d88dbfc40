import { UserError } from "../../core/user-error.js";
import type { GivenFunctions } from "./device-entry.js";
import { type DeviceFunctions, RANGES } from "./device-type.js";
import { isLine, valueAt } from "./value-function.js";

/** What functions need besides a device's name, count and price. */
export type WorkFunctions = Pick<
  DeviceFunctions,
  | "maxMiniBatchSize"
  | "miniBatchSizes"
  | "latencyMs"
  | "warmupMs"
  | "warmupPerShape"
  | "loadMs"
  | "energyPerMiniBatchJ"
  | "warmupEnergyJ"
>;

/**
 * Functions as a device file gives them. A table holds for the mini-batch sizes that it names and for no others.
 *
 * @throws UserError if no largest mini-batch size is given or implied by a table
 */
export function givenFunctions(name: string, source: GivenFunctions): WorkFunctions {
  const { latency_ms, warmup_ms, warm_up_per_shape, load_ms, max_mini_batch_size } = source;
  const miniBatchSizes = namedSizes(source);
  const largest = miniBatchSizes === undefined ? max_mini_batch_size : (miniBatchSizes.at(-1) ?? 0);
  if (largest === undefined) {
    throw new UserError(`device ${name}: max_mini_batch_size is missing, which functions without a table need`);
  }
  if (warmup_ms !== undefined && miniBatchSizes?.every((size) => valueAt(warmup_ms, size) === undefined)) {
    throw new UserError(`device ${name}: warmup_ms has none of the mini-batch sizes of latency_ms`);
  }
  return {
    maxMiniBatchSize: largest,
    ...(miniBatchSizes && { miniBatchSizes }),
    latencyMs: (size) => valueAt(latency_ms, size),
    ...(warmup_ms && { warmupMs: (size) => valueAt(warmup_ms, size) }),
    ...(warm_up_per_shape !== undefined && { warmupPerShape: warm_up_per_shape }),
    ...(load_ms !== undefined && { loadMs: load_ms }),
    ...energyFunctions(source),
  };
}

/** The mini-batch sizes that tables name, smallest first; undefined where lines hold for all of them. */
export function namedSizes({ latency_ms, warmup_ms, max_mini_batch_size }: GivenFunctions): number[] | undefined {
  const table = [latency_ms, warmup_ms].find((values) => values !== undefined && !isLine(values));
  if (table === undefined) return undefined;
  const { most } = RANGES.miniBatchSize;
  return Object.keys(table)
    .map(Number)
    .filter((size) => size <= (max_mini_batch_size ?? most))
    .sort((a, b) => a - b);
}

/**
 * The energies that a device file gives, for given and for measured functions alike. Sizes that a table leaves out have
 * none.
 */
export function energyFunctions({
  energy_per_mini_batch_j,
  warmup_energy_j,
}: Pick<GivenFunctions, "energy_per_mini_batch_j" | "warmup_energy_j">): Pick<
  WorkFunctions,
  "energyPerMiniBatchJ" | "warmupEnergyJ"
> {
  if (energy_per_mini_batch_j === undefined) return {};
  return {
    energyPerMiniBatchJ: (size) => valueAt(energy_per_mini_batch_j, size),
    ...(warmup_energy_j && { warmupEnergyJ: (size) => valueAt(warmup_energy_j, size) }),
  };
}
