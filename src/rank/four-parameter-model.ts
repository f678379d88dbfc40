import { dotProduct } from "../core/dot-product.js";
import { groupBy } from "../core/group-by.js";
import { relativeLeastSquares } from "../core/least-squares.js";
import { median, sorted } from "../core/statistics.js";
import { digits } from "../fit/form.js";
import { importanceOn, type TreeEvidence } from "./bagged-tree.js";
import type { FeatureMatrix } from "./feature-matrix.js";
import { meanByFeature, orderOf, type Ranking } from "./rank-features.js";

/** A linear model of warm-up time from the four parameters that rank highest among those known beforehand. */
export interface FourParameterModel {
  readonly parameters: readonly string[];
  /** The constant first, then one per parameter. */
  readonly coefficients: readonly number[];
  readonly formula: string;
  readonly latex: string;
  /**
   * Median |relative error| on cells that neither the choice of the parameters nor the fit has seen; undefined where
   * every tree has seen every cell.
   */
  readonly leftOutError: number | undefined;
  /** Of the four parameters how many are chosen again where a cell is left out, on average over the cells. */
  readonly chosenAgain: number | undefined;
  /** By row: what was measured, and what a model says that has not seen its cell. */
  readonly predictions: readonly { readonly row: number; readonly measuredMs: number; readonly predictedMs: number }[];
}

export const PARAMETERS = 4;

/**
 * Fits warm-up time (ms) linearly, on relative error, to the four best-ranked features. For its error each cell is left
 * out of both: its parameters are the four best of the trees that have not drawn it, by what they say of other cells.
 *
 * @param forest the ranking, and the trees that it comes from
 * @param clusters the cell of each row: all trials of a cell are left out together
 */
export function fourParameterModel(
  matrix: Pick<FeatureMatrix, "groups" | "rows">,
  { ranking, evidence }: { readonly ranking: Ranking; readonly evidence: readonly TreeEvidence[] },
  warmupMs: readonly number[],
  clusters: readonly number[],
): FourParameterModel {
  const termsOf = (columns: readonly number[], rows: readonly number[]) =>
    rows.map((row) => [1, ...columns.map((column) => matrix.rows[row]?.[column] ?? Number.NaN)]);
  const fit = (columns: readonly number[], rows: readonly number[]) =>
    relativeLeastSquares(
      termsOf(columns, rows),
      rows.map((row) => warmupMs[row] ?? Number.NaN),
    );
  const all = [...warmupMs.keys()];
  const parameters = ranking.features.slice(0, PARAMETERS).map(({ group }) => group.name);
  const columns = parameters.map((name) => matrix.groups.findIndex((group) => group.name === name));
  const coefficients = fit(columns, all);
  const folds = [...groupBy(all, (row) => clusters[row] ?? Number.NaN)].flatMap(([cluster, leftOut]) => {
    const chosen = bestWithout(cluster, evidence, matrix.groups.length);
    if (chosen === undefined) return [];
    const kept = all.filter((row) => clusters[row] !== cluster);
    const fitted = fit(chosen, kept);
    const predictions = termsOf(chosen, leftOut).map((terms, index) => ({
      row: leftOut[index] ?? Number.NaN,
      measuredMs: warmupMs[leftOut[index] ?? -1] ?? Number.NaN,
      predictedMs: dotProduct(terms, fitted),
    }));
    return [{ again: chosen.filter((column) => columns.includes(column)).length, predictions }];
  });
  const predictions = folds.flatMap((fold) => fold.predictions);
  return {
    parameters,
    coefficients,
    formula: `warmup_ms = ${sumOf(coefficients, parameters, "text")}`,
    latex: `W = ${sumOf(coefficients, parameters, "latex")}`,
    leftOutError: folds.length === 0 ? undefined : medianError(predictions),
    chosenAgain: folds.length === 0 ? undefined : folds.reduce((sum, { again }) => sum + again, 0) / folds.length,
    predictions,
  };
}

function medianError(predictions: FourParameterModel["predictions"]): number {
  return median(sorted(predictions.map(({ measuredMs, predictedMs }) => Math.abs(measuredMs / predictedMs - 1))));
}

/**
 * The four best features by trees that have not drawn a cluster, on other clusters; undefined where there is no such
 * tree.
 */
function bestWithout(cluster: number, evidence: readonly TreeEvidence[], features: number): number[] | undefined {
  const others = evidence
    .filter(({ unseen }) => unseen.some((out) => out.cluster === cluster))
    .map(({ unseen }) => unseen.filter((out) => out.cluster !== cluster))
    .filter((unseen) => unseen.length > 0);
  if (others.length === 0) return undefined;
  return orderOf(meanByFeature(others.map((unseen) => importanceOn(unseen, features)))).slice(0, PARAMETERS);
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
