import { dotProduct } from "../../core/dot-product.js";
import { leastSquares } from "../../core/least-squares.js";
import { type CellLogs, meanOf, squaresOf, varianceWithin } from "./cell-logs.js";

/** Doubling the mini-batch size or the input size is not expected to change the variance more than some 1.4 times. */
const SLOPE_SD = 0.5;
const MOST_STEPS = 30;
const LARGEST_STEP = 1;
const LEAST_STEP = 1e-6;

/** How the variance of trials of a cell depends on the cell. */
export interface VarianceLaw {
  /** How many slopes there are to estimate: none where all cells have one size and one mini-batch. */
  readonly slopes: number;
  at(cell: CellPlace): number;
}

type CellPlace = Pick<CellLogs, "inputSizePx" | "miniBatchSize">;

/** What a cell's variance follows beside a constant. */
const TERMS = [
  ({ miniBatchSize }: CellPlace) => Math.log(miniBatchSize),
  ({ inputSizePx }: CellPlace) => Math.log(inputSizePx),
];

/**
 * ln variance = c₀ + c₁ ln b + c₂ ln s, a gamma regression whose slopes have a normal prior around 0.
 *
 * Source: McCullagh and Nelder, Generalized Linear Models, section 8.3, for the regression; the prior is our own.
 *
 * @param cells of two trials or more each, at least one
 */
export function varianceLaw(cells: readonly CellLogs[]): VarianceLaw {
  const pooled = varianceWithin(cells) ?? 0;
  const slopes = TERMS.filter((term) => new Set(cells.map(term)).size > 1).length;
  if (pooled === 0) return { slopes, at: () => 0 };
  const centres = TERMS.map((term) => meanOf(cells.map(term)));
  const rowOf = (cell: CellPlace) => [1, ...TERMS.map((term, index) => term(cell) - (centres[index] ?? 0))];
  const rows = cells.map(rowOf);
  let coefficients = [Math.log(pooled), 0, 0];
  for (let step = 0; step < MOST_STEPS; step++) {
    const changes = scoringStep(cells, rows, coefficients);
    const largest = Math.max(...changes.map(Math.abs));
    const share = Math.min(1, LARGEST_STEP / largest);
    coefficients = coefficients.map((value, index) => value + share * (changes[index] ?? 0));
    if (largest < LEAST_STEP) break;
  }
  return { slopes, at: (cell) => Math.exp(dotProduct(rowOf(cell), coefficients)) };
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
    const logVariance = dotProduct(row, coefficients);
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
