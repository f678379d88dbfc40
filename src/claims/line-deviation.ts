import { dotProduct } from "../core/dot-product.js";
import { leastSquares } from "../core/least-squares.js";
import type { Interval } from "../core/statistics.js";
import { studentQuantile } from "../core/student-t.js";
import { lackOfFit, lackOfFitTest } from "../fit/lack-of-fit.js";
import { cellMeans } from "../fit/law/cell-means.js";
import { fitShape } from "../fit/law/law-fit.js";
import { linearPerSize } from "../fit/law/law-shape.js";
import { degreesWithin, repeatedCells } from "../fit/observed/cell-logs.js";
import type { Observation } from "../fit/observed/observation.js";
import { varianceLaw } from "../fit/observed/variance-law.js";
import type { StatisticFunction } from "./statistic.js";

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

/**
 * The largest relative deviation of latency from a line in the mini-batch size at one input size: of the cells
 * themselves, as their processes scatter, not of a curve through them. Its interval is that of two tests. Above its
 * upper end the deviation of no cell is, each tested by itself: that all are below it is an intersection of hypotheses,
 * so that none needs a correction. Above its lower end that of some cell is, with Bonferroni's correction for their
 * number.
 *
 * Source: Berger and Hsu, Bioequivalence trials, intersection–union tests and equivalence confidence sets, Statistical
 * Science 11 (1996).
 */
export const linearLargestDeviation: StatisticFunction = ({ fit: { latency } }, inputSizePx) => {
  const here = latency.observations.filter((observation) => observation.inputSizePx === inputSizePx);
  const found = deviationsAt(here, latency.observations);
  if (typeof found === "string") return { value: undefined, reason: `${found} at ${inputSizePx ?? "no"} px` };
  const { deviations, degrees } = found;
  const reach = (probability: number) => studentQuantile(1 - probability, degrees);
  const [alone, among] = [reach(LEVEL), reach(LEVEL / deviations.length / 2)];
  const [worst] = deviations.toSorted((a, b) => Math.abs(b.log) - Math.abs(a.log));
  const largestOf = (of: (cell: CellDeviation) => number) => Math.max(...deviations.map(of));
  const line = latency.bySize.get(inputSizePx ?? Number.NaN);
  const lack = line && lackOfFit(line, here);
  return {
    value: largestOf(({ log }) => Math.abs(Math.expm1(log))),
    interval: {
      low: largestOf(({ log, error }) => closestTo0({ low: log - among * error, high: log + among * error })),
      high: largestOf(({ log, error }) => furthestFrom0({ low: log - alone * error, high: log + alone * error })),
    },
    detail:
      `at ${inputSizePx} px × ${worst?.miniBatchSize}` +
      (line === undefined ? "" : `; the line's R² = ${line.rSquared.toFixed(4)}`) +
      (lack === undefined ? "" : `; ${lackOfFitTest(lack)}`),
  };
};

/** The deviations of cells of one input size, and the degrees of freedom of their errors; or why there are none. */
function deviationsAt(
  here: readonly Observation[],
  all: readonly Observation[],
): { readonly deviations: readonly CellDeviation[]; readonly degrees: number } | string {
  const repeated = repeatedCells(all);
  if (repeated.length === 0) return "no cell was repeated";
  const variances = varianceLaw(repeated);
  const degrees = degreesWithin(repeated) - variances.slopes;
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
  return {
    degrees: Math.max(1, degrees),
    deviations: cells.map(({ inputSizePx, miniBatchSize, meanLog }, at) => ({
      miniBatchSize,
      log: meanLog - (line.logAt(inputSizePx, miniBatchSize) ?? Number.NaN),
      error: Math.sqrt(
        cells.reduce((sum, cell, of) => sum + (effects[of]?.[at] ?? 0) ** 2 * (variances.at(cell) / cell.trials), 0),
      ),
    })),
  };
}

/** The smallest relative deviation that an interval of logarithms allows. */
function closestTo0({ low, high }: Interval): number {
  return low <= 0 && high >= 0 ? 0 : Math.min(Math.abs(Math.expm1(low)), Math.abs(Math.expm1(high)));
}

/** The largest. */
function furthestFrom0({ low, high }: Interval): number {
  return Math.max(Math.abs(Math.expm1(low)), Math.abs(Math.expm1(high)));
}
