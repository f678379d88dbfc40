import type { TrialRow } from "../dataset/tables.js";
import { type CellLogs, meanOf } from "../fit/observed/cell-logs.js";
import { logsOfTrials } from "./logs-of-trials.js";
import { noiseOfCells, sampleVariance, type Variance } from "./noise.js";
import { type Ratio, ratioFrom } from "./ratio.js";
import type { ComparedQuantity } from "./verdict.js";

/** A cell that both sides measured. */
export interface CellRatio<R extends Ratio = Ratio> {
  readonly inputSizePx: number;
  readonly miniBatchSize: number;
  /** Geometric means over processes, and how many there were. */
  readonly a: number;
  readonly b: number;
  readonly trialsA: number;
  readonly trialsB: number;
  readonly ratio: R;
}

/** A quantity of B over that of A, in every cell that both measured and in all of them together. */
export interface QuantityRatios<R extends Ratio = Ratio> {
  readonly quantity: ComparedQuantity;
  readonly cells: readonly CellRatio<R>[];
  /** The geometric mean of the cells' ratios. Its interval is about these cells, not about others. */
  readonly overall: R;
  /** How far the ratios differ from cell to cell beyond noise, one standard deviation: 0.1 is 10 %. */
  readonly betweenCells: number | undefined;
}

/** Undefined where no cell was measured by both. Cells come by input size, then mini-batch size. */
export function compareQuantity(
  quantity: ComparedQuantity,
  a: readonly TrialRow[],
  b: readonly TrialRow[],
): QuantityRatios | undefined {
  const quantityOf = valueIn(quantity, a, b);
  const [sideA, sideB] = [logsOfTrials(a, quantityOf), logsOfTrials(b, quantityOf)];
  const [noiseA, noiseB] = [noiseByCell(sideA), noiseByCell(sideB)];
  const compared = [...sideA].flatMap(([cell, logsA]) => {
    const logsB = sideB.get(cell);
    return logsB === undefined ? [] : [compareCell(logsA, logsB, noiseA.get(cell), noiseB.get(cell))];
  });
  if (compared.length === 0) return undefined;
  compared.sort((one, other) => one.inputSizePx - other.inputSizePx || one.miniBatchSize - other.miniBatchSize);
  const logs = compared.map(({ ratio }) => Math.log(ratio.ratio));
  const variances = compared.map(({ cellVariances }) => cellVariances);
  const known = variances.every((terms) => terms !== undefined) ? variances : undefined;
  return {
    quantity,
    cells: compared.map(({ cellVariances: _, ...cell }) => cell),
    overall: ratioFrom(
      meanOf(logs),
      known?.flat().map(({ variance, degrees }) => ({ variance: variance / logs.length ** 2, degrees })),
    ),
    betweenCells: known && beyondNoise(logs, known),
  };
}

/** The memory of the device where both sides have it for every trial that ended well, else that of the process. */
function valueIn(quantity: ComparedQuantity, a: readonly TrialRow[], b: readonly TrialRow[]) {
  if (quantity === "latency_ms") return ({ steadyMedianMs }: TrialRow) => steadyMedianMs;
  if (quantity === "warmup_ms") return ({ firstInferenceMs }: TrialRow) => firstInferenceMs;
  const onDevice = [a, b].every((side) =>
    side.every(({ status, devicePeakMemoryMib }) => status !== "ok" || devicePeakMemoryMib !== undefined),
  );
  return (trial: TrialRow) => (onDevice ? trial.devicePeakMemoryMib : trial.peakMemoryMib);
}

function noiseByCell(cells: ReadonlyMap<string, CellLogs>): Map<string, Variance> {
  const noise = noiseOfCells([...cells.values()]);
  return new Map([...cells.keys()].flatMap((cell, index) => (noise?.[index] ? [[cell, noise[index]] as const] : [])));
}

/**
 * A cell's ratio stands on variances drawn towards their law; a mean over cells needs no law, so it takes the sample
 * variances.
 */
function compareCell(a: CellLogs, b: CellLogs, noiseA: Variance | undefined, noiseB: Variance | undefined) {
  const [meanA, meanB] = [meanOf(a.logs), meanOf(b.logs)];
  const ofMeans = (of: (logs: readonly number[], noise: Variance) => Variance) =>
    noiseA === undefined || noiseB === undefined
      ? undefined
      : [
          { logs: a.logs, noise: of(a.logs, noiseA) },
          { logs: b.logs, noise: of(b.logs, noiseB) },
        ].map(({ logs, noise: { variance, degrees } }) => ({ variance: variance / logs.length, degrees }));
  return {
    inputSizePx: a.inputSizePx,
    miniBatchSize: a.miniBatchSize,
    a: Math.exp(meanA),
    b: Math.exp(meanB),
    trialsA: a.logs.length,
    trialsB: b.logs.length,
    ratio: ratioFrom(
      meanB - meanA,
      ofMeans((_, noise) => noise),
    ),
    cellVariances: ofMeans((logs, noise) => sampleVariance(logs) ?? noise),
  };
}

/** The standard deviation of the cells' ratios without what noise brings into it, as a share. */
function beyondNoise(logs: readonly number[], variances: readonly (readonly Variance[])[]): number | undefined {
  const total = sampleVariance(logs)?.variance;
  if (total === undefined) return undefined;
  const noise = meanOf(variances.map((terms) => terms.reduce((sum, { variance }) => sum + variance, 0)));
  return Math.expm1(Math.sqrt(Math.max(0, total - noise)));
}
