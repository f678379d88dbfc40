import { determinant, inverse, Matrix } from "ml-matrix";
import { dotProduct } from "../../core/dot-product.js";
import type { CellMean, CellMeans } from "./cell-means.js";
import { covariances, type DeviationPoint } from "./deviation-grid.js";
import type { LawFit } from "./law-fit.js";
import { type KrigedPoint, meanDeviation } from "./mean-deviation.js";

/** What is said of ln of the value at a cell. */
export interface LogPrediction {
  readonly mean: number;
  /** Of the function there: law and deviation. */
  readonly variance: number;
}

/** A law with what cells say beyond it. */
export interface KrigedLaw {
  readonly law: LawFit;
  /** Bayes's information criterion: the smaller, the better law and deviation fit for their number of parameters. */
  readonly bic: number;
  /** The variance of ln of one trial around its cell. */
  readonly noise: number;
  readonly degrees: number;
  readonly cells: readonly CellMean[];
  /** How the law changes with its coefficients at each cell. */
  readonly slopes: Matrix;
  readonly points: readonly KrigedPoint[];
  /** The mean alone, which takes little time; undefined where the law says nothing. */
  meanAt(inputSizePx: number, miniBatchSize: number): number | undefined;
  /** undefined where the law says nothing. */
  at(inputSizePx: number, miniBatchSize: number): LogPrediction | undefined;
}

/** Points of the grid that count less, beside the largest, are left out. */
const LEAST_WEIGHT = 1e-3;
const RIDGE = 1e-10;

/**
 * Universal kriging: ln value = law + slopes of the law · a change of its coefficients + deviation, averaged over the
 * kinds of deviation by their restricted likelihood.
 *
 * Source: Santner, Williams and Notz, The Design and Analysis of Computer Experiments, section 4.1; Handcock and Stein,
 * Technometrics 35 (1993), for the average.
 */
export function krigedLaw(
  law: LawFit,
  { cells, trials, squaresWithin }: CellMeans,
  grid: readonly DeviationPoint[],
): KrigedLaw {
  const slopes = new Matrix(cells.map(({ inputSizePx, miniBatchSize }) => law.slopesAt(inputSizePx, miniBatchSize)));
  const terms = slopes.transpose().to2DArray();
  const rest = cells.map(
    ({ inputSizePx, miniBatchSize, meanLog }) => meanLog - (law.logAt(inputSizePx, miniBatchSize) ?? Number.NaN),
  );
  // A constant that was chosen among several follows the cells as a coefficient does.
  const degrees = Math.max(1, trials - law.parameters);
  const fitted = grid.map((point) => {
    const weighted = terms.map((term) => timesColumn(point.inverse, term));
    const information = new Matrix(weighted.map((column) => terms.map((term) => dotProduct(term, column))));
    const trace = information.trace();
    for (let term = 0; term < information.rows; term++) {
      const own = information.get(term, term); // 0 of what no cell tells, as the power of a size that is the only one
      information.set(term, term, own + RIDGE * (own || trace));
    }
    const covariance = inverse(information);
    const gradient = weighted.map((column) => dotProduct(column, rest));
    const change = timesColumn(covariance, gradient);
    const ofRest = dotProduct(rest, timesColumn(point.inverse, rest));
    const squares = Math.max(0, ofRest - dotProduct(gradient, change)) + squaresWithin;
    const noise = squares / degrees;
    const ofInformation = -Math.log(determinant(covariance));
    return {
      ...{ point, covariance, change, noise },
      restricted: point.logPrior - (degrees * Math.log(noise) + point.logDeterminant + ofInformation) / 2,
      likelihood: point.logPrior - (trials * Math.log(squares / trials) + point.logDeterminant) / 2,
    };
  });
  const largest = Math.max(...fitted.map(({ restricted }) => restricted));
  const kept = fitted.flatMap((point) => {
    const weight = Math.exp(point.restricted - largest);
    return weight > LEAST_WEIGHT ? [{ ...point, weight }] : [];
  });
  const total = kept.reduce((sum, { weight }) => sum + weight, 0);
  const points = kept.map(({ point, weight, noise, change, covariance }): KrigedPoint => {
    const followed = timesColumn(slopes, change);
    const left = rest.map((value, index) => value - (followed[index] ?? 0));
    return { point, weight: weight / total, noise, change, covariance, pull: timesColumn(point.inverse, left) };
  });
  const deviation = meanDeviation(points, cells);
  return {
    law,
    bic: -2 * logSum(fitted.map((point) => point.likelihood)) + law.parameters * Math.log(trials),
    noise: points.reduce((sum, { weight, noise }) => sum + weight * noise, 0),
    ...{ degrees, cells, slopes, points },
    meanAt(inputSizePx, miniBatchSize) {
      const ofLaw = law.logAt(inputSizePx, miniBatchSize);
      if (ofLaw === undefined) return undefined;
      return ofLaw + deviation.at(law.slopesAt(inputSizePx, miniBatchSize), inputSizePx, miniBatchSize);
    },
    at(inputSizePx, miniBatchSize) {
      const ofLaw = law.logAt(inputSizePx, miniBatchSize);
      if (ofLaw === undefined) return undefined;
      const here = law.slopesAt(inputSizePx, miniBatchSize);
      return mixture(
        points.map(({ point, covariance, change, noise, pull, weight }) => {
          const shared = covariances(point, cells, inputSizePx, miniBatchSize);
          const share = timesColumn(point.inverse, shared);
          const followed = timesRow(share, slopes);
          const open = here.map((slope, term) => slope - (followed[term] ?? 0));
          const ofChange = dotProduct(timesRow(open, covariance), open);
          return {
            weight,
            mean: ofLaw + dotProduct(here, change) + dotProduct(shared, pull),
            variance: noise * (Math.max(0, point.variance - dotProduct(shared, share)) + ofChange),
          };
        }),
      );
    },
  };
}

/** A matrix times a column. Loops: thousands of cells and kinds take several times as long with matrices for each. */
function timesColumn(matrix: Matrix, column: readonly number[]): number[] {
  const product: number[] = [];
  for (let row = 0; row < matrix.rows; row++) {
    let sum = 0;
    for (let index = 0; index < column.length; index++) sum += matrix.get(row, index) * (column[index] ?? Number.NaN);
    product.push(sum);
  }
  return product;
}

/** A row times a matrix. */
function timesRow(row: readonly number[], matrix: Matrix): number[] {
  return Array.from({ length: matrix.columns }, (_, column) =>
    row.reduce((sum, value, index) => sum + value * matrix.get(index, column), 0),
  );
}

/** The mean and the variance of a mixture of distributions. */
export function mixture(parts: readonly (LogPrediction & { readonly weight: number })[]): LogPrediction {
  const mean = parts.reduce((sum, part) => sum + part.weight * part.mean, 0);
  return {
    mean,
    variance: parts.reduce((sum, part) => sum + part.weight * (part.variance + (part.mean - mean) ** 2), 0),
  };
}

/** Logarithms of weights as shares of their sum. */
export function shares(logarithms: readonly number[]): number[] {
  const sum = logSum(logarithms);
  return logarithms.map((logarithm) => Math.exp(logarithm - sum));
}

function logSum(logarithms: readonly number[]): number {
  const largest = Math.max(...logarithms);
  return largest + Math.log(logarithms.reduce((sum, logarithm) => sum + Math.exp(logarithm - largest), 0));
}
