import type { DeviceFit } from "./device-fit.js";
import type { SharedNoise } from "./law/law-prediction.js";
import type { ProcessSpread } from "./law/process-spread.js";
import type { QuantityFit } from "./quantity-fit.js";
import { isKnown } from "./unknown-quantity.js";

/** How new processes spread at a mini-batch size; undefined where nothing is known. */
export type SpreadAt = (miniBatchSize: number) => ProcessSpread | undefined;

/** How latency and warm-up of new processes spread at an input size. */
export interface SizeSpread {
  readonly latency: SpreadAt;
  /** undefined where warm-up is not known. */
  readonly warmup: SpreadAt | undefined;
}

/**
 * What upper bounds at an input size are computed from, of the mean latency and of the warm-up; undefined where there
 * are too few cells for a law, whose bounds are quantiles of residuals.
 */
export function spreadAtSize(fit: DeviceFit, inputSizePx: number): SizeSpread | undefined {
  const effect = () => fit.sessionEffect();
  const latency = spreadOf(fit.meanLatency(), inputSizePx, () => effect().latency);
  if (latency === undefined) return undefined;
  if (!isKnown(fit.warmup)) return { latency, warmup: undefined };
  const warmup = spreadOf(fit.beginning(), inputSizePx, () => effect().warmup);
  return warmup && { latency, warmup };
}

function spreadOf(quantity: QuantityFit, inputSizePx: number, shared: () => SharedNoise): SpreadAt | undefined {
  const law = quantity.law();
  if (law?.answering(inputSizePx) === undefined) return undefined;
  return (miniBatchSize) => law.at(inputSizePx, miniBatchSize)?.spread(shared());
}
