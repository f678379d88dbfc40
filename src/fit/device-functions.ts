import { median, quantile, sorted } from "../core/statistics.js";
import { UserError } from "../core/user-error.js";
import { deviceName } from "../design/design.js";
import type { DeviceFit } from "./fit-dataset.js";
import { largestMiniBatch } from "./largest-mini-batch.js";
import { cellOf } from "./observation.js";
import type { QuantityFit } from "./quantity-fit.js";

/**
 * What of a device a plan is made with: its typical behaviour, an upper prediction bound that a new trial stays below
 * with some confidence, the worst that was observed, or one bootstrap replicate.
 */
export type Basis =
  | { readonly kind: "typical" }
  | { readonly kind: "upper"; readonly confidence: number }
  | { readonly kind: "worst" }
  | { readonly kind: "resample"; readonly index: number };

/** A device's behaviour at one input size: what a plan needs to know of it. */
export interface SizeFunctions {
  readonly maxMiniBatchSize: number;
  readonly loadMs: number;
  latencyMs(miniBatchSize: number): number;
  warmupMs(miniBatchSize: number): number;
}

/**
 * The functions of a device at one input size: those that cross-validation chose, or the surfaces where that size was
 * not measured.
 *
 * The largest mini-batch is the smaller of what the memory function allows and what was measured: a plan does not
 * extrapolate.
 *
 * @throws UserError if the size is too far outside what was measured, or was not measured where the worst is asked for
 */
export function functionsAtSize(
  fit: DeviceFit,
  inputSizePx: number,
  basis: Basis = { kind: "typical" },
): SizeFunctions {
  const limits = { maxMiniBatchSize: maxMiniBatchSize(fit, inputSizePx), loadMs: loadMs(fit, basis) };
  if (basis.kind === "worst") return { ...limits, ...worstAtSize(fit, inputSizePx) };
  return {
    ...limits,
    latencyMs: valueAt(fit.latency, inputSizePx, basis),
    warmupMs: valueAt(fit.warmup, inputSizePx, basis),
  };
}

function valueAt(quantity: QuantityFit, inputSizePx: number, basis: Exclude<Basis, { kind: "worst" }>) {
  const fitted = quantity.at(inputSizePx);
  fitted.predict(inputSizePx, fitted.domain.miniBatchSize.low); // refuses a size too far outside
  return (miniBatchSize: number): number => {
    switch (basis.kind) {
      case "typical":
        return fitted.predict(inputSizePx, miniBatchSize);
      case "upper":
        return fitted.quantile(inputSizePx, miniBatchSize, basis.confidence);
      case "resample": {
        const value = fitted.resampled(basis.index, inputSizePx, miniBatchSize);
        // A resample can bend a law below 0 where it is near it; there it says nothing.
        return value > 0 ? value : fitted.predict(inputSizePx, miniBatchSize);
      }
    }
  };
}

/** The worst inference at the measured mini-batch size, or at the next larger one. */
function worstAtSize(fit: DeviceFit, inputSizePx: number): Pick<SizeFunctions, "latencyMs" | "warmupMs"> {
  const measured = fit.measuredMiniBatches.get(inputSizePx);
  if (measured === undefined) {
    const sizes = [...fit.measuredMiniBatches.keys()].join(", ");
    throw new UserError(`worst observed at input size ${inputSizePx}: not measured, allowed are ${sizes}`);
  }
  const at = (miniBatchSize: number) => {
    const next = measured.find((size) => size >= miniBatchSize) ?? Number.NaN;
    return fit.worstObserved().get(cellOf({ inputSizePx, miniBatchSize: next }));
  };
  return {
    latencyMs: (miniBatchSize) => at(miniBatchSize)?.latencyMs ?? Number.NaN,
    warmupMs: (miniBatchSize) => at(miniBatchSize)?.warmupMs ?? Number.NaN,
  };
}

function loadMs({ loadMs: loads, device }: DeviceFit, basis: Basis): number {
  if (loads.length === 0) throw new UserError(`fit of ${deviceName(device)}: no trial of it loaded the model`);
  const values = sorted(loads);
  if (basis.kind === "worst") return values.at(-1) ?? Number.NaN;
  return basis.kind === "upper" ? quantile(values, basis.confidence) : median(values);
}

function maxMiniBatchSize(fit: DeviceFit, inputSizePx: number): number {
  const { measuredMiniBatches, memory, memoryLimitMib } = fit;
  const measured = measuredMiniBatches.get(inputSizePx) ?? measuredMiniBatches.get(nextSize(fit, inputSizePx)) ?? [];
  const byMemory =
    memoryLimitMib === undefined ? Infinity : largestMiniBatch(memory.at(inputSizePx), inputSizePx, memoryLimitMib);
  return Math.min(measured.at(-1) ?? 0, byMemory);
}

/** The measured size whose mini-batches need no less memory: the next larger one, else the largest. */
function nextSize({ measuredMiniBatches }: DeviceFit, inputSizePx: number): number {
  const sizes = [...measuredMiniBatches.keys()];
  return sizes.find((size) => size >= inputSizePx) ?? sizes.at(-1) ?? inputSizePx;
}
