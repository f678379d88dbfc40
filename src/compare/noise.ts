import { leastSquares } from "../core/least-squares.js";
import { type CellLogs, meanOf, squaresOf } from "../fit/observed/cell-logs.js";

/** A variance of logarithms and the degrees of freedom with which it is known. */
export interface Variance {
  readonly variance: number;
  readonly degrees: number;
}

/**
 * How much the law of the variance counts beside a cell's own: as much as so many degrees of freedom. Chosen by simulation
 * (bench/compare.ts): with 4, cells of three trials lose a fifth of their power; with 8, a scatter of the variances from
 * cell to cell shows as false alarms.
 */
const LAW_DEGREES = 6;
/** Doubling the mini-batch size or the input size is not expected to change the variance more than some 1.4 times. */
const SLOPE_SD = 0.5;
const MOST_STEPS = 30;
const LARGEST_STEP = 1;
const LEAST_STEP = 1e-6;

/**
 * The process noise of each cell of one side: the variance of its logarithms, drawn towards a law of all cells of that
 * side, ln variance = c₀ + c₁ ln b + c₂ ln s (a gamma regression, slopes with a normal prior around 0). Three trials
 * tell a variance badly; all cells together tell it well, but it may fall with the mini-batch.
 *
 * Source: the law is that of docs/analysis.md; drawing towards it Smyth, Stat. Appl. Genet. Mol. Biol. 3 (2004).
 *
 * @returns one variance per cell, or undefined where no cell was repeated
 */
export function noiseOfCells(cells: readonly CellLogs[]): Variance[] | undefined {
  const repeated = cells.filter(({ logs }) => logs.length > 1);
  const degreesIn = sum(repeated.map(({ logs }) => logs.length - 1));
  if (degreesIn === 0) return undefined;
  const law = varianceLaw(repeated, degreesIn);
  const most = Math.max(1, degreesIn - law.slopes);
  return cells.map((cell) => {
    const degrees = cell.logs.length - 1;
    return {
      variance: (LAW_DEGREES * law.at(cell) + squaresOf(cell.logs)) / (LAW_DEGREES + degrees),
      degrees: Math.min(LAW_DEGREES + degrees, most),
    };
  });
}

/** The variance of a cell by itself; undefined where it was not repeated. */
export function sampleVariance(logs: readonly number[]): Variance | undefined {
  const degrees = logs.length - 1;
  return degrees < 1 ? undefined : { variance: squaresOf(logs) / degrees, degrees };
}

interface VarianceLaw {
  /** How many slopes there are to estimate: none where all cells have one size and one mini-batch. */
  readonly slopes: number;
  at(cell: CellLogs): number;
}

/** What a cell's variance follows beside a constant. */
const TERMS = [
  ({ miniBatchSize }: CellLogs) => Math.log(miniBatchSize),
  ({ inputSizePx }: CellLogs) => Math.log(inputSizePx),
];

function varianceLaw(cells: readonly CellLogs[], degreesIn: number): VarianceLaw {
  const pooled = sum(cells.map(({ logs }) => squaresOf(logs))) / degreesIn;
  const slopes = TERMS.filter((term) => new Set(cells.map(term)).size > 1).length;
  if (pooled === 0) return { slopes, at: () => 0 };
  const centres = TERMS.map((term) => meanOf(cells.map(term)));
  const rowOf = (cell: CellLogs) => [1, ...TERMS.map((term, index) => term(cell) - (centres[index] ?? 0))];
  const rows = cells.map(rowOf);
  let coefficients = [Math.log(pooled), 0, 0];
  for (let step = 0; step < MOST_STEPS; step++) {
    const changes = scoringStep(cells, rows, coefficients);
    const largest = Math.max(...changes.map(Math.abs));
    const share = Math.min(1, LARGEST_STEP / largest);
    coefficients = coefficients.map((value, index) => value + share * (changes[index] ?? 0));
    if (largest < LEAST_STEP) break;
  }
  return { slopes, at: (cell) => Math.exp(product(rowOf(cell), coefficients)) };
}

/** A step of Fisher's scoring is a weighted least-squares fit, in which the priors of the slopes are rows, too. */
function scoringStep(
  cells: readonly CellLogs[],
  rows: readonly (readonly number[])[],
  coefficients: readonly number[],
): number[] {
  const weighted = cells.map(({ logs }, index) => {
    const row = rows[index] ?? [];
    const degrees = logs.length - 1;
    const weight = Math.sqrt(degrees / 2);
    const logVariance = product(row, coefficients);
    const value = logVariance + squaresOf(logs) / degrees / Math.exp(logVariance) - 1;
    return { row: row.map((term) => weight * term), value: weight * value };
  });
  const priors = [
    [0, 1 / SLOPE_SD, 0],
    [0, 0, 1 / SLOPE_SD],
  ];
  const fitted = leastSquares(
    [...weighted.map(({ row }) => row), ...priors],
    [...weighted.map(({ value }) => value), ...priors.map(() => 0)],
  );
  return fitted.map((value, index) => value - (coefficients[index] ?? 0));
}

function product(row: readonly number[], coefficients: readonly number[]): number {
  return sum(row.map((term, index) => term * (coefficients[index] ?? 0)));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
