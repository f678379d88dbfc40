import { type CellLogs, degreesWithin, squaresOf } from "../fit/observed/cell-logs.js";
import { varianceLaw } from "../fit/observed/variance-law.js";

/** A variance of logarithms and the degrees of freedom with which it is known. */
export interface Variance {
  readonly variance: number;
  readonly degrees: number;
}

/** The noise of a cell, drawn towards the law of its side. */
export interface CellNoise extends Variance {
  /** The degrees of freedom with which that law is known: so many all cells of the side have together. */
  readonly lawDegrees: number;
}

/**
 * How much the law of the variance counts beside a cell's own: as much as so many degrees of freedom. Chosen by
 * simulation (bench/compare.ts): with 4, cells of three trials lose a fifth of their power; with 8, a scatter of the
 * variances from cell to cell shows as false alarms.
 */
const LAW_DEGREES = 6;

/**
 * The process noise of each cell of one side: the variance of its logarithms, drawn towards a law of all cells of that
 * side. Three trials tell a variance badly; all cells together tell it well, but it may fall with the mini-batch.
 *
 * Source: Smyth, Stat. Appl. Genet. Mol. Biol. 3 (2004).
 *
 * @returns one variance per cell, or undefined where no cell was repeated
 */
export function noiseOfCells(cells: readonly CellLogs[]): CellNoise[] | undefined {
  const repeated = cells.filter(({ logs }) => logs.length > 1);
  const degreesIn = degreesWithin(repeated);
  if (degreesIn === 0) return undefined;
  const law = varianceLaw(repeated);
  const most = Math.max(1, degreesIn - law.slopes);
  return cells.map((cell) => {
    const degrees = cell.logs.length - 1;
    return {
      variance: (LAW_DEGREES * law.at(cell) + squaresOf(cell.logs)) / (LAW_DEGREES + degrees),
      degrees: Math.min(LAW_DEGREES + degrees, most),
      lawDegrees: most,
    };
  });
}

/**
 * The variance of a sum over cells of one side whose variances hang on the same law: it is known no better than the
 * law.
 */
export function sumOfNoise(cells: readonly CellNoise[]): Variance[] {
  const variance = cells.reduce((sum, cell) => sum + cell.variance, 0);
  const spread = cells.reduce((sum, cell) => sum + cell.variance ** 2 / cell.degrees, 0);
  return cells.slice(0, 1).map(({ lawDegrees }) => ({
    variance,
    degrees: spread > 0 ? Math.min(lawDegrees, variance ** 2 / spread) : lawDegrees,
  }));
}

/** The variance of a cell by itself; undefined where it was not repeated. */
export function sampleVariance(logs: readonly number[]): Variance | undefined {
  const degrees = logs.length - 1;
  return degrees < 1 ? undefined : { variance: squaresOf(logs) / degrees, degrees };
}
