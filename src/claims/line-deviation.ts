import { dotProduct } from "../core/dot-product.js";
import { groupBy } from "../core/group-by.js";
import { leastSquares } from "../core/least-squares.js";
import type { Interval } from "../core/statistics.js";
import { studentQuantile } from "../core/student-t.js";
import { lackOfFit, lackOfFitTest } from "../fit/lack-of-fit.js";
import { type CellMean, cellMeans } from "../fit/law/cell-means.js";
import { fitShape } from "../fit/law/law-fit.js";
import { linearPerSize } from "../fit/law/law-shape.js";
import { degreesWithin, repeatedCells } from "../fit/observed/cell-logs.js";
import { cellOf, type Observation } from "../fit/observed/observation.js";
import { varianceLaw } from "../fit/observed/variance-law.js";
import type { StatisticFunction } from "./statistic.js";
import { leastWithoutEach } from "./without-each.js";

const LEAST_CELLS = 3;
/** Each end of the interval is wrong in at most one case of twenty. */
const LEVEL = 0.05;

/** How far a cell is from the line through all cells of its input size. */
interface CellDeviation {
  readonly miniBatchSize: number;
  /** ln of the cell over the line, and its standard error. */
  readonly log: number;
  readonly error: number;
}

/** How far the means of cells scatter, by all processes that were measured. */
interface CellNoise {
  varianceOf(cell: Pick<CellMean, "inputSizePx" | "miniBatchSize">): number;
  /** Degrees of freedom of the variances. */
  readonly degrees: number;
}

/**
 * The largest relative deviation of latency from a line in the mini-batch size at one input size: of the cells
 * themselves, as their processes scatter, not of a curve through them. Its interval is that of two tests. Above its
 * upper end the deviation of no cell is, each tested by itself: that all are below it is an intersection of hypotheses,
 * so that none needs a correction. Above its lower end that of some cell is, with Bonferroni's correction for their
 * number, and is so whichever process is left out.
 *
 * Source: Berger and Hsu, Bioequivalence trials, intersection–union tests and equivalence confidence sets, Statistical
 * Science 11 (1996).
 */
export const linearLargestDeviation: StatisticFunction = ({ fit: { latency } }, inputSizePx) => {
  const noise = cellNoise(latency.observations);
  if (noise === undefined) return { value: undefined, reason: `no cell was repeated at ${inputSizePx ?? "no"} px` };
  const here = latency.observations.filter((observation) => observation.inputSizePx === inputSizePx);
  const deviations = deviationsOf(here, noise);
  if (typeof deviations === "string") return { value: undefined, reason: `${deviations} at ${inputSizePx ?? "no"} px` };
  const reach = (probability: number) => studentQuantile(1 - probability, noise.degrees);
  const lowOf = (cells: readonly CellDeviation[]) => {
    const among = reach(LEVEL / cells.length / 2);
    return Math.max(
      ...cells.map(({ log, error }) => closestTo0({ low: log - among * error, high: log + among * error })),
    );
  };
  const alone = reach(LEVEL);
  const low = leastWithoutEach(here, (others) => {
    const cells = deviationsOf(others, noise);
    return typeof cells === "string" ? 0 : lowOf(cells);
  });
  const [worst] = deviations.toSorted((a, b) => Math.abs(b.log) - Math.abs(a.log));
  const value = Math.max(...deviations.map(({ log }) => Math.abs(Math.expm1(log))));
  const line = latency.bySize.get(inputSizePx ?? Number.NaN);
  const lack = line && lackOfFit(line, here);
  return {
    value,
    interval: {
      low: Math.min(low, lowOf(deviations)),
      high: Math.max(
        ...deviations.map(({ log, error }) => furthestFrom0({ low: log - alone * error, high: log + alone * error })),
      ),
    },
    detail:
      `at ${inputSizePx} px × ${worst?.miniBatchSize}` +
      (line === undefined ? "" : `; the line's R² = ${line.rSquared.toFixed(4)}`) +
      (lack === undefined ? "" : `; ${lackOfFitTest(lack)}`),
  };
};

/** @returns undefined where no cell was repeated */
function cellNoise(observations: readonly Observation[]): CellNoise | undefined {
  const repeated = repeatedCells(observations);
  if (repeated.length === 0) return undefined;
  const variances = varianceLaw(repeated);
  const trials = new Map([...groupBy(observations, cellOf)].map(([cell, values]) => [cell, values.length]));
  return {
    varianceOf: (cell) => variances.at(cell) / (trials.get(cellOf(cell)) ?? 1),
    degrees: Math.max(1, degreesWithin(repeated) - variances.slopes),
  };
}

/** The deviations of cells of one input size; or why there are none. */
function deviationsOf(here: readonly Observation[], noise: CellNoise): CellDeviation[] | string {
  const { cells } = cellMeans(here);
  if (cells.length < LEAST_CELLS) return `fewer than ${LEAST_CELLS} cells`;
  const line = fitShape(linearPerSize(cells.slice(0, 1).map((cell) => cell.inputSizePx)), cells);
  if (line === undefined) return "no line above 0";
  const slopes = cells.map(({ inputSizePx, miniBatchSize }) => line.slopesAt(inputSizePx, miniBatchSize));
  // What one cell's error does to the deviation of each: itself, less what the line follows of it.
  const effects = cells.map((_, of) => {
    const alone = cells.map((__, index) => Number(index === of));
    const followed = leastSquares(slopes, alone);
    return slopes.map((row, at) => (alone[at] ?? 0) - dotProduct(row, followed));
  });
  return cells.map(({ inputSizePx, miniBatchSize, meanLog }, at) => ({
    miniBatchSize,
    log: meanLog - (line.logAt(inputSizePx, miniBatchSize) ?? Number.NaN),
    error: Math.sqrt(cells.reduce((sum, cell, of) => sum + (effects[of]?.[at] ?? 0) ** 2 * noise.varianceOf(cell), 0)),
  }));
}

/** The smallest relative deviation that an interval of logarithms allows. */
function closestTo0({ low, high }: Interval): number {
  return low <= 0 && high >= 0 ? 0 : Math.min(Math.abs(Math.expm1(low)), Math.abs(Math.expm1(high)));
}

/** The largest. */
function furthestFrom0({ low, high }: Interval): number {
  return Math.max(Math.abs(Math.expm1(low)), Math.abs(Math.expm1(high)));
}
