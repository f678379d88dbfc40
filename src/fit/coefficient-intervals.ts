import type { Interval } from "../core/statistics.js";
import { studentQuantile } from "../core/student-t.js";
import type { Law } from "./form.js";

const TAIL = 0.025;

/**
 * 95 % intervals of a law's coefficients from the laws that were fitted without one cell each: trials of a cell are no
 * independent evidence of a law that cells deviate from.
 *
 * Source: Tukey's jackknife, Efron and Tibshirani, An Introduction to the Bootstrap, chapter 11, with Student's t of as
 * many degrees of freedom as cells exceed coefficients.
 *
 * @param withoutCell one law per cell
 * @returns undefined where there is no law without one of the cells
 */
export function coefficientIntervals(
  { coefficients }: Law,
  withoutCell: readonly (Law | undefined)[],
): Record<string, Interval> | undefined {
  const names = Object.keys(coefficients);
  const perCell = names.length / withoutCell.length;
  const intervals = names.map((name): [string, Interval] | undefined => {
    const value = coefficients[name] ?? Number.NaN;
    const others = withoutCell.flatMap((law) => law?.coefficients[name] ?? []);
    if (others.length < withoutCell.length) return undefined;
    // Of a law per input size the cells of other sizes change nothing.
    const used = others.filter((other) => other !== value);
    if (used.length < 2) return [name, { low: value, high: value }];
    const mean = used.reduce((sum, other) => sum + other, 0) / used.length;
    const squares = used.reduce((sum, other) => sum + (other - mean) ** 2, 0);
    const reach =
      studentQuantile(1 - TAIL, Math.max(1, used.length * (1 - perCell))) *
      Math.sqrt(((used.length - 1) / used.length) * squares);
    return [name, { low: value - reach, high: value + reach }];
  });
  return intervals.includes(undefined) ? undefined : Object.fromEntries(intervals.flatMap((one) => (one ? [one] : [])));
}
