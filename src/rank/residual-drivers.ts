import { probit } from "simple-statistics";
import { dotProduct } from "../core/dot-product.js";
import { studentCumulative } from "../core/student-t.js";
import { type Drift, driftsLeaving, likeliest, type Moment } from "./drift.js";

/** A feature is chosen where chance would do as much in one of 400 datasets in which no feature matters. */
export const LEVEL = 0.0025;
/** Its share and how soon it fades. */
const CONSTANTS_OF_DRIFT = 2;

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

/** What was found beside the workload, and how what is left goes on in time. */
export interface Residual {
  readonly drivers: readonly ResidualDriver[];
  /** Of what the cells and all drivers leave. */
  readonly drift: Drift;
}

/**
 * Forward selection within cells: the feature with the largest |t| for what is left of the target is chosen where its
 * p, times the number of features left, is at most 0.25 %; then what it says is taken from the target and the other
 * features.
 *
 * Both sides are less their cells: with cell means taken from the target alone, features that go with the workload
 * would hide those that matter beside it. Both are less what goes on from trial to trial, as the target shows it; where
 * what is left of both still does, smoothly or in a rhythm, there are as many degrees of freedom fewer. Of t and the t
 * of the target's normal scores the smaller counts, so that one far trial is no finding.
 *
 * Source: Frisch and Waugh, Econometrica 1 (1933), for both sides; Cochrane and Orcutt, Journal of the American
 * Statistical Association 44 (1949), for what goes on; Bartlett, Journal of the Royal Statistical Society 98 (1935),
 * for what still does; Bonferroni's inequality.
 *
 * @param columns `columns[feature][row]`
 * @param cells the cell of each trial
 * @param moments of each trial
 */
export function residualDrivers(
  columns: readonly (readonly number[])[],
  target: readonly number[],
  cells: readonly number[],
  moments: readonly Moment[],
): Residual {
  const ofCells = [...new Set(cells)].map((cell) => cells.map((other) => Number(other === cell)));
  const drifts = driftsLeaving(ofCells, moments);
  const within = columns.map((column) => withinCells(column, cells));
  const left = new Set([...within.keys()].filter((feature) => squares(within[feature] ?? []) > 0));
  const drivers: ResidualDriver[] = [];
  let unexplained = 1;
  for (;;) {
    const { drift, innovations } = likeliest(drifts, target);
    const fixed = ofCells.length + drivers.length;
    const degrees = target.length - fixed - 1 - (drift.share === 0 ? 0 : CONSTANTS_OF_DRIFT);
    if (degrees < 1) return { drivers, drift };
    const rest = innovations(target);
    const scores = normalScores(rest);
    const echo = autocorrelations(scores);
    let best = { feature: -1, r: 0, t: 0, degrees, change: 0 };
    for (const feature of left) {
      const values = within[feature] ?? [];
      const further = innovations(values);
      // What the chosen ones say already has nothing left but rounding.
      if (squares(further) <= 1e-10 * squares(values)) {
        left.delete(feature);
        continue;
      }
      const r = correlation(further, rest);
      const certain = Math.min(Math.abs(r), Math.abs(correlation(further, scores)));
      const effective = degrees / inflation(echo, autocorrelations(further));
      const t = certain * Math.sqrt(effective / Math.max(1 - certain ** 2, Number.EPSILON));
      if (t <= best.t) continue;
      best = { feature, r, t, degrees: effective, change: dotProduct(further, rest) / squares(further) };
    }
    const pValue = Math.min(1, 2 * studentCumulative(-best.t, best.degrees) * left.size);
    if (best.feature < 0 || pValue > LEVEL) return { drivers, drift };
    const { feature, r } = best;
    const alone = drifts[0].innovations(within[feature] ?? []);
    const change = best.change * Math.sqrt(squares(alone) / (target.length - fixed));
    drivers.push({ feature, correlation: r, share: r * r * unexplained, change, pValue });
    unexplained *= 1 - r * r;
    left.delete(feature);
    for (const each of drifts) each.fix(within[feature] ?? []);
  }
}

/** The quantiles of a normal distribution at the ranks of values. */
function normalScores(values: readonly number[]): number[] {
  const scores = new Array<number>(values.length).fill(0);
  const byValue = [...values.keys()].sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  for (const [rank, row] of byValue.entries()) scores[row] = probit((rank + 0.5) / values.length);
  return scores;
}

/** Of values with those one, two, … trials before, up to the root of their number. */
function autocorrelations(values: readonly number[]): number[] {
  const lags = Math.floor(Math.sqrt(values.length));
  const scale = squares(values);
  return Array.from({ length: lags }, (_, before) => {
    const lag = before + 1;
    let sum = 0;
    for (let at = lag; at < values.length; at++) sum += (values[at] ?? Number.NaN) * (values[at - lag] ?? Number.NaN);
    return sum / scale;
  });
}

/**
 * How many times the variance of the correlation of two independent series is that of series without autocorrelation;
 * at least 1.
 */
function inflation(a: readonly number[], b: readonly number[]): number {
  return Math.max(1, 1 + 2 * dotProduct(a, b));
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const scale = Math.sqrt(squares(a) * squares(b));
  return scale === 0 ? 0 : dotProduct(a, b) / scale;
}

function squares(values: readonly (number | undefined)[]): number {
  return values.reduce<number>((sum, value) => sum + (value ?? 0) ** 2, 0);
}
