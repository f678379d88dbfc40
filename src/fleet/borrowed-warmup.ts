import { UserError } from "../core/user-error.js";
import { deviceName } from "../design/design.js";
import type { DeviceFit } from "../fit/device-fit.js";
import { functionsAtSize } from "../fit/device-functions.js";
import { fitDataset } from "../fit/fit-dataset.js";
import { isKnown } from "../fit/unknown-quantity.js";

/** Where the warm-up of devices comes from that others measured without it. */
export interface BorrowedWarmup {
  /** In words, for a note. */
  readonly name: string;
  /** How many times as long as a later one a first inference takes. */
  ratioAt(inputSizePx: number, miniBatchSize: number): number;
}

/**
 * The same ratio at every mini-batch.
 *
 * @throws UserError if it is below 1
 */
export function warmupRatio(ratio: number): BorrowedWarmup {
  if (!(ratio >= 1 && Number.isFinite(ratio))) {
    throw new UserError(`warm-up ratio ${ratio}: allowed are numbers from 1, a first inference over a later one`);
  }
  return { name: `as ${ratio} times the latency`, ratioAt: () => ratio };
}

/**
 * The ratio that a dataset's first device has at the nearest input size and mini-batch size that were measured.
 *
 * @throws UserError if there is no dataset in the folder or its warm-up is not known
 */
export function warmupOf(folder: string): BorrowedWarmup {
  const [fit] = fitDataset(folder);
  if (fit === undefined || !isKnown(fit.warmup)) throw new UserError(`warm-up from ${folder}: not known there either`);
  return {
    name: `from ${deviceName(fit.device)} in ${folder}, as many times the latency as at the nearest mini-batch there`,
    ratioAt: (inputSizePx, miniBatchSize) => ratioIn(fit, inputSizePx, miniBatchSize),
  };
}

function ratioIn(fit: DeviceFit, inputSizePx: number, miniBatchSize: number): number {
  const size = nearest([...fit.measuredMiniBatches.keys()], inputSizePx);
  const functions = functionsAtSize(fit, size, { kind: "typical" }, "mean");
  const batch = nearest(functions.miniBatchSizes, miniBatchSize);
  return (functions.warmupMs(batch) ?? Number.NaN) / (functions.latencyMs(batch) ?? Number.NaN);
}

/** By ratio. */
function nearest(values: readonly number[], to: number): number {
  const distance = (value: number) => Math.abs(Math.log(value / to));
  return values.reduce((best, value) => (distance(value) < distance(best) ? value : best), values[0] ?? Number.NaN);
}
