import { studentCumulative } from "../core/student-t.js";

/** A feature is chosen where chance would do as much in one of 400 datasets in which no feature matters. */
export const LEVEL = 0.0025;

/** One feature that explains what is left, beyond those chosen before it. */
export interface ResidualDriver {
  /** Its column. */
  readonly feature: number;
  /** Partial correlation with what the cells and the drivers before it leave of the target. */
  readonly correlation: number;
  /** The share of the target's variance within cells that it explains beyond the drivers before it. */
  readonly share: number;
  /** How much the target changes with one standard deviation of what the drivers before it leave of the feature. */
  readonly change: number;
  /** Two-sided, times the number of features that it was chosen from. */
  readonly pValue: number;
}

/**
 * Values less the mean of their cell. A column that differs within no cell becomes 0 throughout.
 *
 * @param values a missing one stays missing
 * @param cells the cell of each value
 */
export function withinCells<Value extends number | undefined>(
  values: readonly Value[],
  cells: readonly number[],
): Value[] {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const [row, value] of values.entries()) {
    if (value === undefined) continue;
    const { sum, count } = sums.get(cells[row] ?? -1) ?? { sum: 0, count: 0 };
    sums.set(cells[row] ?? -1, { sum: sum + value, count: count + 1 });
  }
  const centred = values.map((value, row) => {
    const { sum, count } = sums.get(cells[row] ?? -1) ?? { sum: 0, count: 1 };
    return value === undefined ? value : value - sum / count;
  });
  const isRounding = squares(centred) <= 1e-20 * squares(values);
  return centred.map((value) => (value === undefined || !isRounding ? value : 0)) as Value[];
}

/**
 * Forward selection within cells: the feature with the largest |t| for what is left of the target is chosen where its
 * p, times the number of features left, is at most 0.25 %; it is then projected out of the target and of the other
 * features.
 *
 * Both sides are centred: with cell means taken from the target alone, features that go with the workload would hide
 * those that matter beside it.
 *
 * Source: Frisch and Waugh, Econometrica 1 (1933), for centring both sides; Bonferroni's inequality.
 *
 * @param columns `columns[feature][row]`, less their cell means
 * @param target less its cell means
 * @param cells how many cells the rows are of: each has cost a degree of freedom
 */
export function residualDrivers(
  columns: readonly (readonly number[])[],
  target: readonly number[],
  cells: number,
): ResidualDriver[] {
  const total = squares(target);
  const left = new Map([...columns.entries()].filter(([, column]) => squares(column) > 0));
  let rest = target;
  const drivers: ResidualDriver[] = [];
  for (;;) {
    const degrees = target.length - cells - 1 - drivers.length;
    const [best] = [...left]
      .map(([feature, column]) => ({ feature, column, r: correlation(column, rest) }))
      .sort((a, b) => Math.abs(b.r) - Math.abs(a.r) || a.feature - b.feature);
    if (best === undefined || degrees < 1) return drivers;
    const { feature, column, r } = best;
    const t = Math.abs(r) * Math.sqrt(degrees / Math.max(1 - r * r, Number.EPSILON));
    const pValue = Math.min(1, 2 * studentCumulative(-t, degrees) * left.size);
    if (pValue > LEVEL) return drivers;
    const change = r * Math.sqrt(squares(rest) / (degrees + 1));
    drivers.push({ feature, correlation: r, share: (r * r * squares(rest)) / total, change, pValue });
    rest = without(rest, column);
    left.delete(feature);
    for (const [other, values] of left) {
      const further = without(values, column);
      // What the chosen one says already has nothing left but rounding.
      if (squares(further) <= 1e-10 * squares(columns[other] ?? [])) left.delete(other);
      else left.set(other, further);
    }
  }
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const scale = Math.sqrt(squares(a) * squares(b));
  return scale === 0 ? 0 : dot(a, b) / scale;
}

/** What is left of values after their projection on a column. */
function without(values: readonly number[], column: readonly number[]): number[] {
  const share = dot(values, column) / squares(column);
  return values.map((value, row) => value - share * (column[row] ?? 0));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, row) => sum + value * (b[row] ?? 0), 0);
}

function squares(values: readonly (number | undefined)[]): number {
  return values.reduce<number>((sum, value) => sum + (value ?? 0) ** 2, 0);
}
