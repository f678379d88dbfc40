import { MultivariateLinearRegression } from "ml-regression";

/**
 * The coefficients c that minimise Σ (1 − row·c / value)²: the sum of squared relative errors, so that small cells
 * count as much as large ones. Each row and its value are divided by the value.
 *
 * @param rows one row of terms per value; at least as many rows as terms, values above 0
 * @returns one coefficient per term
 * @example
 * relativeLeastSquares([[1, 1], [1, 2]], [3, 5]); // [1, 2]
 */
export function relativeLeastSquares(rows: readonly (readonly number[])[], values: readonly number[]): number[] {
  return leastSquares(
    rows.map((row, index) => row.map((term) => term / (values[index] ?? Number.NaN))),
    values.map(() => 1),
  );
}

/** The coefficients c that minimise Σ (value − row·c)². Columns are scaled to about 1 before the normal equations. */
export function leastSquares(rows: readonly (readonly number[])[], values: readonly number[]): number[] {
  const scales = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => Math.abs(row[column] ?? 0))) || 1);
  const { weights } = new MultivariateLinearRegression(
    rows.map((row) => row.map((term, column) => term / (scales[column] ?? 1))),
    values.map((value) => [value]),
    { intercept: false, statistics: false },
  );
  return weights.map(([weight = Number.NaN], column) => weight / (scales[column] ?? 1));
}
