import { dotProduct } from "../../core/dot-product.js";
import { leastSquares } from "../../core/least-squares.js";
import { nonNegativeLeastSquares } from "../../core/non-negative-least-squares.js";
import type { CellMean } from "./cell-means.js";
import type { LawShape } from "./law-shape.js";

/** A law with its coefficients and its constant, on logarithms. */
export interface LawFit {
  readonly name: string;
  readonly coefficients: readonly number[];
  readonly constant: number;
  /** How many coefficients matter anywhere, and one for a constant that was chosen. */
  readonly parameters: number;
  /** ln of the law at a cell; undefined where it says nothing above 0, as one per size does of another size. */
  logAt(inputSizePx: number, miniBatchSize: number): number | undefined;
  /**
   * How ln of the law changes with the coefficients that matter; with their logarithms where the law is a sum of terms.
   */
  slopesAt(inputSizePx: number, miniBatchSize: number): number[];
}

const MOST_STEPS = 30;
/** A term below this share of the law in every cell does not matter. */
const MATTERS = 1e-4;

/** The law of a shape that fits cell means best, over all of its constants; undefined where none can be fitted. */
export function fitShape(shape: LawShape, cells: readonly CellMean[]): LawFit | undefined {
  let best: { readonly constant: number; readonly coefficients: number[]; readonly squares: number } | undefined;
  for (const constant of shape.constants) {
    const rows = cells.map(({ inputSizePx, miniBatchSize }) => shape.columns(inputSizePx, miniBatchSize, constant));
    if ((rows[0]?.length ?? 0) > cells.length) continue;
    const fitted = coefficientsOf(shape, constant, rows, cells);
    if (fitted !== undefined && !(fitted.squares >= (best?.squares ?? Number.POSITIVE_INFINITY))) {
      best = { constant, ...fitted };
    }
  }
  return best && lawOf(shape, best.constant, best.coefficients, cells);
}

function coefficientsOf(
  { isLogLinear, power }: LawShape,
  constant: number,
  rows: readonly (readonly number[])[],
  cells: readonly CellMean[],
): { readonly coefficients: number[]; readonly squares: number } | undefined {
  const logs = cells.map(({ meanLog }) => meanLog);
  if (!isLogLinear) return positiveOnLogs(rows, logs, power?.(constant) ?? 1);
  const coefficients = leastSquares(rows, logs);
  const squares = rows.reduce((sum, row, index) => sum + ((logs[index] ?? 0) - dotProduct(row, coefficients)) ** 2, 0);
  return { coefficients, squares };
}

/**
 * Coefficients ≥ 0 that minimise Σ (log − ln(row·c) / power)²: Gauss and Newton with steps halved until they help, from
 * the coefficients of the least squared relative error.
 */
function positiveOnLogs(rows: readonly (readonly number[])[], logs: readonly number[], power: number) {
  const raised = logs.map((log) => power * log);
  const squaresOf = (coefficients: readonly number[]) =>
    rows.reduce((sum, row, index) => {
      const value = dotProduct(row, coefficients);
      return value > 0 ? sum + (((raised[index] ?? 0) - Math.log(value)) / power) ** 2 : Number.POSITIVE_INFINITY;
    }, 0);
  const relative = (values: readonly number[]) =>
    rows.map((row, index) => row.map((term) => term / (values[index] ?? 1)));
  let coefficients = nonNegativeLeastSquares(
    relative(raised.map(Math.exp)),
    rows.map(() => 1),
  );
  let squares = squaresOf(coefficients);
  if (!Number.isFinite(squares)) return undefined;
  for (let step = 0; step < MOST_STEPS; step++) {
    const values = rows.map((row) => dotProduct(row, coefficients));
    const next = nonNegativeLeastSquares(
      relative(values),
      values.map((value, index) => 1 + (raised[index] ?? 0) - Math.log(value)),
    );
    const from = coefficients;
    const shortened = Array.from({ length: 10 }, (_, halving) =>
      from.map((value, term) => value + 2 ** -halving * ((next[term] ?? 0) - value)),
    ).find((candidate) => squaresOf(candidate) <= squares);
    if (shortened === undefined) break;
    const gain = squares - squaresOf(shortened);
    coefficients = shortened;
    squares -= gain;
    if (gain < 1e-10 * squares + 1e-14) break;
  }
  return { coefficients, squares };
}

function lawOf(shape: LawShape, constant: number, coefficients: number[], cells: readonly CellMean[]): LawFit {
  const { isLogLinear = false, power, columns, constantSlope } = shape;
  const exponent = power?.(constant) ?? 1;
  const at = (inputSizePx: number, miniBatchSize: number) => columns(inputSizePx, miniBatchSize, constant);
  const valueAt = (inputSizePx: number, miniBatchSize: number) =>
    dotProduct(at(inputSizePx, miniBatchSize), coefficients);
  // By logarithms of the coefficients, as the share of each term: a sharp law raises values to the 20th power, and
  // slopes by the coefficients themselves would be of as many magnitudes.
  const slopes = (inputSizePx: number, miniBatchSize: number) => {
    const row = at(inputSizePx, miniBatchSize);
    if (isLogLinear) return [...row];
    const value = dotProduct(row, coefficients);
    return row.map((term, index) => (term * (coefficients[index] ?? 0)) / value / exponent);
  };
  const matters = coefficients.map(
    (_, term) =>
      isLogLinear ||
      cells.some(
        ({ inputSizePx, miniBatchSize }) =>
          Math.abs((slopes(inputSizePx, miniBatchSize)[term] ?? 0) * exponent) > MATTERS,
      ),
  );
  const isChosen = shape.constants.length > 1 && constantSlope === undefined;
  const slopesThatMatter = (inputSizePx: number, miniBatchSize: number) => [
    ...slopes(inputSizePx, miniBatchSize).filter((_, term) => matters[term]),
    ...[constantSlope?.(miniBatchSize, constant, coefficients)].filter((slope) => slope !== undefined),
  ];
  return {
    name: shape.name,
    coefficients,
    constant,
    parameters: slopesThatMatter(cells[0]?.inputSizePx ?? 1, 1).length + Number(isChosen),
    logAt(inputSizePx, miniBatchSize) {
      const value = valueAt(inputSizePx, miniBatchSize);
      if (isLogLinear) return value;
      return value > 0 ? Math.log(value) / exponent : undefined;
    },
    slopesAt: slopesThatMatter,
  };
}
