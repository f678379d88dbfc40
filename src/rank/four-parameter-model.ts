import { groupBy } from "../core/group-by.js";
import { relativeLeastSquares } from "../core/least-squares.js";
import { median, sorted } from "../core/statistics.js";
import { digits } from "../fit/form.js";
import type { FeatureMatrix } from "./feature-matrix.js";
import type { Ranking } from "./rank-features.js";

/** A linear model of warm-up time from the four parameters that rank highest among those known beforehand. */
export interface FourParameterModel {
  readonly parameters: readonly string[];
  /** The constant first, then one per parameter. */
  readonly coefficients: readonly number[];
  readonly formula: string;
  readonly latex: string;
  /** Median |relative error| on cells left out of the fit. */
  readonly leftOutError: number;
  /** By row: what was measured, and what a fit says that has not seen its cell. */
  readonly predictions: readonly { readonly row: number; readonly measuredMs: number; readonly predictedMs: number }[];
}

export const PARAMETERS = 4;

/**
 * Fits warm-up time (ms) linearly, on relative error, to the four best-ranked features.
 *
 * @param clusters the cell of each row: all trials of a cell are left out together
 */
export function fourParameterModel(
  matrix: Pick<FeatureMatrix, "groups" | "rows">,
  ranking: Ranking,
  warmupMs: readonly number[],
  clusters: readonly number[],
): FourParameterModel {
  const parameters = ranking.features.slice(0, PARAMETERS).map(({ group }) => group.name);
  const columns = parameters.map((name) => matrix.groups.findIndex((group) => group.name === name));
  const terms = matrix.rows.map((row) => [1, ...columns.map((column) => row[column] ?? Number.NaN)]);
  const coefficients = relativeLeastSquares(terms, warmupMs);
  const predictions = [...groupBy(terms.keys(), (row) => clusters[row])].flatMap(([cluster, leftOut]) => {
    const kept = [...terms.keys()].filter((row) => clusters[row] !== cluster);
    const fitted = relativeLeastSquares(
      kept.map((row) => terms[row] ?? []),
      kept.map((row) => warmupMs[row] ?? Number.NaN),
    );
    return leftOut.map((row) => ({
      row,
      measuredMs: warmupMs[row] ?? Number.NaN,
      predictedMs: (terms[row] ?? []).reduce((sum, term, index) => sum + term * (fitted[index] ?? Number.NaN), 0),
    }));
  });
  return {
    parameters,
    coefficients,
    formula: `warmup_ms = ${sumOf(coefficients, parameters, "text")}`,
    latex: `W = ${sumOf(coefficients, parameters, "latex")}`,
    leftOutError: median(
      sorted(predictions.map(({ measuredMs, predictedMs }) => Math.abs(measuredMs / predictedMs - 1))),
    ),
    predictions,
  };
}

function sumOf(coefficients: readonly number[], parameters: readonly string[], key: "text" | "latex"): string {
  const [minus, space] = key === "text" ? ["−", " "] : ["-", "\\,"];
  const nameOf = (name: string) => (key === "text" ? name : `\\text{${name.replaceAll("_", "\\_")}}`);
  return coefficients
    .map((coefficient, index) => {
      const sign = coefficient < 0 ? `${minus} ` : index === 0 ? "" : "+ ";
      const name = parameters[index - 1];
      return `${sign}${digits(Math.abs(coefficient), key)}${name === undefined ? "" : space + nameOf(name)}`;
    })
    .join(" ");
}
