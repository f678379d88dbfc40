import { correlationFigure } from "../../src/figures/correlation-figure.js";
import { fittedLawFigure } from "../../src/figures/fitted-law-figure.js";
import { fittedLinesFigure } from "../../src/figures/fitted-lines-figure.js";
import { importanceFigure } from "../../src/figures/importance-figure.js";
import { inferenceTimeFigure } from "../../src/figures/inference-time-figure.js";
import { largestMiniBatchFigure } from "../../src/figures/largest-mini-batch-figure.js";
import { memoryFigure } from "../../src/figures/memory-figure.js";
import type { Figure } from "../../src/figures/render-figure.js";
import { warmupPredictionFigure } from "../../src/figures/warmup-prediction-figure.js";
import { sampleRanking } from "./sample-ranking.js";

const SIZES_PX = [112, 160, 224, 299, 384];
const MINI_BATCHES = [1, 2, 4, 8, 16, 32];
const TRIALS = [0.97, 1, 1.04];

/** A device whose laws are formulas: latency and memory linear in mini-batch × pixels. */
function latencyMs(inputSizePx: number, miniBatchSize: number): number {
  return 6 + miniBatchSize * inputSizePx ** 2 * 2.5e-4;
}

const cells = SIZES_PX.flatMap((inputSizePx) => MINI_BATCHES.map((miniBatchSize) => ({ inputSizePx, miniBatchSize })));

/** The figures of a simulated device. */
export function sampleFigures(): Figure[] {
  const times = (factor: number) =>
    MINI_BATCHES.map((miniBatchSize) => {
      const medianMs = factor * latencyMs(224, miniBatchSize);
      return { miniBatchSize, medianMs, lowMs: 0.93 * medianMs, highMs: 1.08 * medianMs };
    });
  return [
    memoryFigure(
      cells.flatMap(({ inputSizePx, miniBatchSize }) =>
        TRIALS.map((factor) => ({
          inputSizePx,
          miniBatchSize,
          peakMemoryMib: factor * (180 + miniBatchSize * inputSizePx ** 2 * 5e-4),
        })),
      ),
    ),
    inferenceTimeFigure({ inputSizePx: 224, withoutWarmUp: times(1), withWarmUp: times(2.6) }),
    fittedLinesFigure(
      cells.map((cell) => ({ ...cell, latencyMs: latencyMs(cell.inputSizePx, cell.miniBatchSize) * 1.03 })),
      SIZES_PX.flatMap((inputSizePx) =>
        Array.from({ length: 41 }, (_, step) => {
          const miniBatchSize = 32 ** (step / 40);
          return { inputSizePx, miniBatchSize, latencyMs: latencyMs(inputSizePx, miniBatchSize) };
        }),
      ),
    ),
    fittedLawFigure({
      inputSizePx: 224,
      formula: "latency_ms = 6.000 + 12.54 mbs",
      band: Array.from({ length: 41 }, (_, step) => {
        const miniBatchSize = 32 ** (step / 40);
        const fittedMs = latencyMs(224, miniBatchSize);
        return { miniBatchSize, fittedMs, lowMs: 0.95 * fittedMs, highMs: 1.05 * fittedMs };
      }),
      trials: MINI_BATCHES.flatMap((miniBatchSize) =>
        TRIALS.map((factor) => ({
          miniBatchSize,
          measuredMs: factor * latencyMs(224, miniBatchSize),
          fittedMs: latencyMs(224, miniBatchSize),
        })),
      ),
    }),
    largestMiniBatchFigure(
      [512, 1024, 2048].flatMap((memoryMib) =>
        SIZES_PX.map((inputSizePx) => {
          const largest = Math.floor((memoryMib - 180) / (inputSizePx ** 2 * 5e-4));
          return { memoryMib, inputSizePx, largest, low: Math.floor(0.8 * largest), high: Math.ceil(1.2 * largest) };
        }),
      ),
    ),
    importanceFigure(sampleRanking()),
    correlationFigure(sampleRanking()),
    warmupPredictionFigure(
      cells.map((cell, index) => {
        const predictedMs = 3 * latencyMs(cell.inputSizePx, cell.miniBatchSize);
        return { ...cell, predictedMs, measuredMs: predictedMs * (1 + ((index % 5) - 2) / 20) };
      }),
    ),
  ];
}
