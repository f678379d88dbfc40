import { groupBy } from "../core/group-by.js";
import type { TrialRow } from "../dataset/tables.js";
import { type CellLogs, cellLogs, meanOf } from "../fit/observed/cell-logs.js";
import { cellOf } from "../fit/observed/observation.js";
import { logsOfTrials } from "./logs-of-trials.js";
import { noiseOfCells, sampleVariance, type Variance } from "./noise.js";
import type { TrialPair } from "./paired-trials.js";
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

/**
 * Undefined where no cell was measured by both. Cells come by input size, then mini-batch size.
 *
 * @param pairs the trials that were measured in turns: only these count then, each by its own ratio
 */
export function compareQuantity(
  quantity: ComparedQuantity,
  a: readonly TrialRow[],
  b: readonly TrialRow[],
  pairs?: readonly TrialPair[],
): QuantityRatios | undefined {
  const quantityOf = valueIn(quantity, a, b);
  const compared = pairs === undefined ? comparedCells(a, b, quantityOf) : pairedCells(pairs, quantityOf);
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

type QuantityOf = (trial: TrialRow) => number | undefined;
type ComparedCell = CellRatio & { readonly cellVariances: readonly Variance[] | undefined };

function comparedCells(a: readonly TrialRow[], b: readonly TrialRow[], quantityOf: QuantityOf): ComparedCell[] {
  const [sideA, sideB] = [logsOfTrials(a, quantityOf), logsOfTrials(b, quantityOf)];
  const [noiseA, noiseB] = [noiseByCell(sideA), noiseByCell(sideB)];
  return [...sideA].flatMap(([cell, logsA]) => {
    const logsB = sideB.get(cell);
    return logsB === undefined ? [] : [compareCell(logsA, logsB, noiseA.get(cell), noiseB.get(cell))];
  });
}

/** Each pair has a ratio of its own: what both met cancels in it. Its noise is that of the ratios within the cell. */
function pairedCells(pairs: readonly TrialPair[], quantityOf: QuantityOf): ComparedCell[] {
  const known = pairs.flatMap(({ a, b }) => {
    const [valueA = 0, valueB = 0] = [a, b].map((trial) => (trial.status === "ok" ? quantityOf(trial) : undefined));
    return valueA > 0 && valueB > 0 ? [{ ...a, value: valueB / valueA, logA: Math.log(valueA) }] : [];
  });
  const ratios = cellLogs(known);
  const noise = noiseByCell(ratios);
  const meanA = new Map([...groupBy(known, cellOf)].map(([cell, of]) => [cell, meanOf(of.map(({ logA }) => logA))]));
  return [...ratios].map(([cell, { inputSizePx, miniBatchSize, logs }]) => {
    const [mean, logA, ofCell] = [meanOf(logs), meanA.get(cell) ?? Number.NaN, noise.get(cell)];
    const varianceOf = (of: Variance | undefined) =>
      of === undefined ? undefined : [{ variance: of.variance / logs.length, degrees: of.degrees }];
    return {
      ...{ inputSizePx, miniBatchSize, a: Math.exp(logA), b: Math.exp(logA + mean) },
      ...{ trialsA: logs.length, trialsB: logs.length },
      ratio: ratioFrom(mean, varianceOf(ofCell)),
      cellVariances: varianceOf(ofCell && (sampleVariance(logs) ?? ofCell)),
    };
  });
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
