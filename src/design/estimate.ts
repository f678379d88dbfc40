import { EFFICIENTNET_SCALING, isEfficientNetName } from "../model/efficientnet-layers.js";
import { type Cell, cellsOf } from "./cells.js";
import type { Design } from "./design.js";

/** Multiply-adds per second and thread of EfficientNet-B0 on an AVX2 core: order of magnitude. */
const MULTIPLY_ADDS_PER_MS_AND_THREAD = 15e6;
const B0_MULTIPLY_ADDS_PER_PIXEL = 0.386e9 / 224 ** 2;
/** Starting a process, preparing images and loading the model. */
const OVERHEAD_MS = 800;
/**
 * Latencies repeat to about 2 % and resemble those before, so the interval is narrow enough after some eighty
 * inferences.
 */
const TYPICAL_INFERENCES = 80;

/**
 * About how long a sweep takes: an estimate to plan a day with, within a factor of three on a CPU. Unknown models are
 * taken for EfficientNet-B0.
 */
export function estimateSweepMs(design: Design): number {
  return cellsOf(design).reduce((sum, cell) => sum + design.trials * estimateTrialMs(design, cell), 0);
}

/** The same for one trial of a cell. */
export function estimateTrialMs(design: Design, { inputSizePx, miniBatchSize, device }: Cell): number {
  const width = isEfficientNetName(design.model) ? EFFICIENTNET_SCALING[design.model].width : 1;
  const { min_inferences, max_inferences, max_steady_ms } = design.stopping;
  const multiplyAdds = miniBatchSize * inputSizePx ** 2 * B0_MULTIPLY_ADDS_PER_PIXEL * width ** 2;
  const latencyMs = multiplyAdds / (MULTIPLY_ADDS_PER_MS_AND_THREAD * device.threads) + 1;
  const steadyMs = Math.min(TYPICAL_INFERENCES * latencyMs, max_inferences * latencyMs, max_steady_ms);
  const trialMs = design.idle_ms + OVERHEAD_MS + 2 * latencyMs + Math.max(steadyMs, min_inferences * latencyMs);
  return Math.min(trialMs, design.timeout_ms);
}
