import type { QuantityRatios } from "../../src/compare/compare-quantity.js";
import type { JudgedRatio, Verdict } from "../../src/compare/verdict.js";
import type { ExecutionRow } from "../../src/dataset/tables.js";
import { calibrationFigure } from "../../src/figures/calibration-figure.js";
import { comparisonFigure } from "../../src/figures/comparison-figure.js";
import { correlationFigure } from "../../src/figures/correlation-figure.js";
import { deadlineFrontierFigure } from "../../src/figures/deadline-frontier-figure.js";
import type { Figure } from "../../src/figures/figure.js";
import { fittedLawFigure } from "../../src/figures/fitted-law-figure.js";
import { fittedLinesFigure } from "../../src/figures/fitted-lines-figure.js";
import { hostsFigure } from "../../src/figures/hosts-figure.js";
import { importanceFigure } from "../../src/figures/importance-figure.js";
import { inferenceTimeFigure } from "../../src/figures/inference-time-figure.js";
import { lackOfFitFigure } from "../../src/figures/lack-of-fit-figure.js";
import { largestMiniBatchFigure } from "../../src/figures/largest-mini-batch-figure.js";
import { memoryFigure } from "../../src/figures/memory-figure.js";
import { miniBatchByDeadlineFigure } from "../../src/figures/mini-batch-by-deadline-figure.js";
import { planGanttFigure } from "../../src/figures/plan-gantt-figure.js";
import { shownQuantity } from "../../src/figures/shown-quantity.js";
import { warmupPredictionFigure } from "../../src/figures/warmup-prediction-figure.js";
import type { HostLevel } from "../../src/fit/host-levels.js";
import type { LackOfFit } from "../../src/fit/lack-of-fit.js";
import { deviceType } from "../../src/plan/question/device-type.js";
import { sampleRanking } from "./sample-ranking.js";

const SIZES_PX = [112, 160, 224, 299, 384];
const MINI_BATCHES = [1, 2, 4, 8, 16, 32];
const TRIALS = [0.97, 1, 1.04];
const LIMIT_MIB = 1500;

/** A device whose laws are formulas: latency and memory linear in mini-batch × pixels. */
function latencyMs(inputSizePx: number, miniBatchSize: number): number {
  return 6 + miniBatchSize * inputSizePx ** 2 * 2.5e-4;
}

const cells = SIZES_PX.flatMap((inputSizePx) => MINI_BATCHES.map((miniBatchSize) => ({ inputSizePx, miniBatchSize })));

const DEVICES = [1, 1.6].map((factor, index) =>
  deviceType({
    name: index === 0 ? "large" : "small",
    count: 6,
    maxUses: 1000,
    maxMiniBatchSize: 32,
    latencyMs: (size) => factor * latencyMs(224, size),
    warmupMs: (size) => 3 * factor * latencyMs(224, size),
  }),
);

/** Executions of three plans with two devices each. */
function sampleExecutions(): ExecutionRow[] {
  return [1.02, 0.97, 1.1].flatMap((ratio, plan) =>
    [1, 2].map((device) => ({
      planId: `plan-${plan}`,
      device,
      type: "large",
      threads: 1,
      concurrent: 2,
      inputSizePx: 224,
      miniBatchSize: 8,
      miniBatches: 20,
      imagesPlanned: 160,
      imagesDone: 160,
      predictedFinishMs: 4000,
      predictedLowMs: 3800,
      predictedHighMs: 4300,
      measuredFinishMs: 4000 * ratio * (device === 1 ? 1 : 1.01),
      deadlineMs: 4200,
      deadline: ratio < 1.05 ? ("met" as const) : ("missed" as const),
      detail: undefined,
      startedAt: "2026-11-24T12:00:00Z",
    })),
  );
}

/** Ratios of latency and warm-up whose intervals have every verdict, the overall ones included. */
export function sampleRatios(): QuantityRatios<JudgedRatio>[] {
  const judged = (ratio: number, verdict: Verdict, spread: number): JudgedRatio => ({
    ...{ ratio, interval: { low: ratio / spread, high: ratio * spread }, pValue: 0, adjustedP: 0, verdict },
  });
  const cell = { a: 1, b: 1, trialsA: 3, trialsB: 3 };
  const ratios = [judged(1.25, "slower", 1.1), judged(1, "same", 1.04), judged(1.1, "undecided", 1.15)];
  return (["latency_ms", "warmup_ms"] as const).map((quantity) => ({
    quantity,
    cells: [1, 8, 64].flatMap((miniBatchSize, index) =>
      ratios.slice(index, index + 1).map((ratio) => ({ ...cell, inputSizePx: 224, miniBatchSize, ratio })),
    ),
    overall: quantity === "latency_ms" ? judged(1.1, "slower", 1.03) : judged(0.8, "faster", 1.05),
    betweenCells: 0.1,
  }));
}

/** Misfits of the simulated cells, most at the smallest mini-batch. */
export function sampleMisfits(sign: number): LackOfFit {
  return {
    ...{ f: 12.34, degrees: [51, 212], pValue: 3.6e-12, beyondNoise: 0.2 },
    cells: cells.map(({ inputSizePx, miniBatchSize }) => {
      const error = (sign * 0.4) / miniBatchSize;
      return { inputSizePx, miniBatchSize, error, interval: { low: error - 0.1, high: error + 0.12 } };
    }),
  };
}

/** One host that is alike the first, and one that is apart. */
function sampleHosts(): HostLevel[] {
  const level = (host: string, ratio: number, verdict: HostLevel["verdict"]): HostLevel => {
    const around = (at: number) => ({
      ...{ ratio: at, interval: { low: 0.96 * at, high: 1.04 * at }, variance: 0.02 ** 2, degrees: 60 },
    });
    const known = verdict === "first" ? undefined : around(ratio);
    return { host, trials: 60, sharedCells: 12, latency: known, warmup: known && around(1.1 * ratio), verdict };
  };
  return [level("0a1b2c3d4e5f", 1, "first"), level("1b2c3d4e5f60", 0.99, "alike"), level("2c3d4e5f6071", 1.4, "apart")];
}

/** The figures of a simulated device, and of plans for devices like it. */
export function sampleFigures(): Figure[] {
  const times = (factor: number) =>
    MINI_BATCHES.map((miniBatchSize) => {
      const medianMs = factor * latencyMs(224, miniBatchSize);
      return { miniBatchSize, trials: 3, medianMs, lowMs: 0.93 * medianMs, highMs: 1.08 * medianMs };
    });
  const peaks = cells.flatMap(({ inputSizePx, miniBatchSize }) =>
    TRIALS.map((factor) => ({
      inputSizePx,
      miniBatchSize,
      peakMemoryMib: factor * (180 + miniBatchSize * inputSizePx ** 2 * 5e-4),
    })),
  );
  return [
    memoryFigure({
      trials: peaks.filter(({ peakMemoryMib }) => peakMemoryMib <= LIMIT_MIB),
      outOfMemory: peaks.filter(({ peakMemoryMib }) => peakMemoryMib > LIMIT_MIB),
      limitMib: LIMIT_MIB,
    }),
    inferenceTimeFigure({ inputSizePx: 224, withoutWarmUp: times(1), withWarmUp: times(2.6) }),
    fittedLinesFigure(
      shownQuantity("latency"),
      cells.map((cell) => ({ ...cell, value: latencyMs(cell.inputSizePx, cell.miniBatchSize) * 1.03 })),
      SIZES_PX.flatMap((inputSizePx) =>
        Array.from({ length: 41 }, (_, step) => {
          const miniBatchSize = 32 ** (step / 40);
          return { inputSizePx, miniBatchSize, value: latencyMs(inputSizePx, miniBatchSize) };
        }),
      ),
    ),
    fittedLawFigure({
      inputSizePx: 224,
      quantity: shownQuantity("latency"),
      law: "law and deviation: linear",
      line: {
        formula: "L = 5.4 + 11.3 b (ms)",
        points: [1, 32].map((miniBatchSize) => ({ miniBatchSize, value: 0.9 * latencyMs(224, miniBatchSize) })),
      },
      band: Array.from({ length: 41 }, (_, step) => {
        const miniBatchSize = 32 ** (step / 40);
        const fitted = latencyMs(224, miniBatchSize);
        return { miniBatchSize, fitted, low: 0.95 * fitted, high: 1.05 * fitted };
      }),
      trials: MINI_BATCHES.flatMap((miniBatchSize) =>
        TRIALS.map((factor) => ({
          miniBatchSize,
          measured: factor * latencyMs(224, miniBatchSize),
          fitted: latencyMs(224, miniBatchSize),
        })),
      ),
    }),
    lackOfFitFigure([
      { heading: "Latency L", test: sampleMisfits(-1) },
      { heading: "Warm-up W", test: sampleMisfits(1) },
    ]),
    largestMiniBatchFigure(
      [512, 1024, 2048].flatMap((memoryMib) =>
        SIZES_PX.map((inputSizePx) => {
          const largest = Math.floor((memoryMib - 180) / (inputSizePx ** 2 * 5e-4));
          const smallestExceeding = largest < 250 ? Math.ceil(1.2 * largest) : undefined;
          const restsOn = smallestExceeding === undefined ? "at least" : "measured";
          return {
            memoryMib,
            largest: { inputSizePx, miniBatchSize: largest, restsOn, largestOk: largest, smallestExceeding },
          };
        }),
      ),
      cells.map((cell) => ({ ...cell, ranOut: 180 + cell.miniBatchSize * cell.inputSizePx ** 2 * 5e-4 > 2048 })),
    ),
    ...[hostsFigure(sampleHosts())].filter((figure) => figure !== undefined),
    planGanttFigure(
      [32, 32, 24, 16].map((miniBatchSize, index) => ({
        type: index < 2 ? "large" : "small",
        miniBatchSize,
        warmupMs: 3 * latencyMs(224, miniBatchSize),
        finishMs: 4000 - 300 * index,
      })),
      4000,
    ),
    deadlineFrontierFigure(DEVICES, 5000),
    miniBatchByDeadlineFigure(DEVICES, { rangeUs: [1e5, 1e7], error: 0.05 }),
    calibrationFigure(sampleExecutions()),
    comparisonFigure({ quantities: sampleRatios(), margin: 0.05 }),
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
