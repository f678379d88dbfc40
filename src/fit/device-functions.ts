import { UserError } from "../core/user-error.js";
import { type DeviceFit, largestMiniBatch, type TimeFit } from "./fit-dataset.js";
import type { FittedFunction } from "./fitted-function.js";

/** A device's behaviour at one input size: what a plan needs to know of it. */
export interface SizeFunctions {
  readonly maxMiniBatchSize: number;
  latencyMs(miniBatchSize: number): number;
  warmupMs(miniBatchSize: number): number;
}

/**
 * The fitted functions of a device at one input size. Where that size was not measured, the surfaces stand in.
 *
 * The largest mini-batch is the smaller of what the memory function allows and what was measured: a plan does not
 * extrapolate.
 *
 * @throws UserError if the size is too far outside what was measured
 */
export function functionsAtSize(fit: DeviceFit, inputSizePx: number): SizeFunctions {
  const latency = functionAt(fit.latency, inputSizePx);
  const warmup = functionAt(fit.warmup, inputSizePx);
  const { measuredMiniBatches, memory, memoryLimitMib } = fit;
  const measured = measuredMiniBatches.get(inputSizePx) ?? measuredMiniBatches.get(nextSize(fit, inputSizePx)) ?? [];
  const byMemory = memoryLimitMib === undefined ? Infinity : largestMiniBatch(memory, inputSizePx, memoryLimitMib);
  return {
    maxMiniBatchSize: Math.min(measured.at(-1) ?? 0, byMemory),
    latencyMs: (miniBatchSize) => latency.predict(inputSizePx, miniBatchSize),
    warmupMs: (miniBatchSize) => warmup.predict(inputSizePx, miniBatchSize),
  };
}

function functionAt({ bySize, surface }: TimeFit, inputSizePx: number): FittedFunction {
  const fitted = bySize.get(inputSizePx) ?? surface;
  if (fitted === undefined) {
    const sizes = [...bySize.keys()].join(", ");
    throw new UserError(`input size ${inputSizePx}: not measured, allowed are ${sizes || "none: too few cells"}`);
  }
  fitted.predict(inputSizePx, fitted.domain.miniBatchSize.low); // refuses a size too far outside
  return fitted;
}

/** The measured size whose mini-batches need no less memory: the next larger one, else the largest. */
function nextSize({ measuredMiniBatches }: DeviceFit, inputSizePx: number): number {
  const sizes = [...measuredMiniBatches.keys()];
  return sizes.find((size) => size >= inputSizePx) ?? sizes.at(-1) ?? inputSizePx;
}
