import { groupBy } from "../core/group-by.js";
import type { TrialRow } from "../dataset/tables.js";
import { type CellLogs, cellLogs, meanOf } from "../fit/observed/cell-logs.js";
import { cellOf } from "../fit/observed/observation.js";
import { logsOfTrials } from "./logs-of-trials.js";
import { type CellNoise, noiseOfCells, sampleVariance, sumOfNoise, type Variance } from "./noise.js";
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
      known &&
        varianceOfSum(known).map(({ variance, degrees }) => ({ variance: variance / logs.length ** 2, degrees })),
    ),
    betweenCells: known && beyondNoise(logs, known),
  };
}

type QuantityOf = (trial: TrialRow) => number | undefined;
/** The variance of a cell's mean on one side, or of its ratios in turns. */
interface MeanVariance extends CellNoise {
  /** Whether it is the cell's own, or the law's of all cells because the cell was not repeated. */
  readonly isOwn: boolean;
}

type ComparedCell = CellRatio & { readonly cellVariances: readonly MeanVariance[] | undefined };

function meanVariance(logs: readonly number[], noise: CellNoise): MeanVariance {
  const own = sampleVariance(logs);
  const { variance, degrees } = own ?? noise;
  return { variance: variance / logs.length, degrees, lawDegrees: noise.lawDegrees, isOwn: own !== undefined };
}

/**
 * The variance of the sum of the cells' means. Cells that were not repeated have their variance from those that were,
 * so that together they say no more of it than those.
 */
function varianceOfSum(cells: readonly (readonly MeanVariance[])[]): Variance[] {
  const sides = (cells[0] ?? []).map((_, side) => cells.flatMap((of) => of[side] ?? []));
  return sides.flatMap((of) => (of.every(({ isOwn }) => isOwn) ? of : sumOfNoise(of)));
}

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
    return {
      ...{ inputSizePx, miniBatchSize, a: Math.exp(logA), b: Math.exp(logA + mean) },
      ...{ trialsA: logs.length, trialsB: logs.length },
      ratio: ratioFrom(mean, ofCell && [{ ...ofCell, variance: ofCell.variance / logs.length }]),
      cellVariances: ofCell && [meanVariance(logs, ofCell)],
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

function noiseByCell(cells: ReadonlyMap<string, CellLogs>): Map<string, CellNoise> {
  const noise = noiseOfCells([...cells.values()]);
  return new Map([...cells.keys()].flatMap((cell, index) => (noise?.[index] ? [[cell, noise[index]] as const] : [])));
}

/**
 * A cell's ratio stands on variances drawn towards their law; a mean over cells needs no law, so it takes the sample
 * variances.
 */
function compareCell(a: CellLogs, b: CellLogs, noiseA: CellNoise | undefined, noiseB: CellNoise | undefined) {
  const [meanA, meanB] = [meanOf(a.logs), meanOf(b.logs)];
  const sides =
    noiseA === undefined || noiseB === undefined
      ? undefined
      : [
          { logs: a.logs, noise: noiseA },
          { logs: b.logs, noise: noiseB },
        ];
  return {
    inputSizePx: a.inputSizePx,
    miniBatchSize: a.miniBatchSize,
    a: Math.exp(meanA),
    b: Math.exp(meanB),
    trialsA: a.logs.length,
    trialsB: b.logs.length,
    ratio: ratioFrom(
      meanB - meanA,
      sides?.map(({ logs, noise }) => ({ ...noise, variance: noise.variance / logs.length })),
    ),
    cellVariances: sides?.map(({ logs, noise }) => meanVariance(logs, noise)),
  };
}

/** The standard deviation of the cells' ratios without what noise brings into it, as a share. */
function beyondNoise(logs: readonly number[], variances: readonly (readonly Variance[])[]): number | undefined {
  const total = sampleVariance(logs)?.variance;
  if (total === undefined) return undefined;
  const noise = meanOf(variances.map((terms) => terms.reduce((sum, { variance }) => sum + variance, 0)));
  return Math.expm1(Math.sqrt(Math.max(0, total - noise)));
}
