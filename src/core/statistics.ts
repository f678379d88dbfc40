import { medianAbsoluteDeviation, medianSorted, quantileSorted } from "simple-statistics";

/** Numbers in ascending order. Only `sorted` confers the brand, so that no statistic is taken of unsorted values. */
export type Sorted = readonly number[] & { readonly __sorted: unique symbol };

/** @throws RangeError if a value is not finite: a missing value must be left out, not counted as a number */
export function sorted(values: Iterable<number>): Sorted {
  const copy = [...values];
  const bad = copy.find((value) => !Number.isFinite(value));
  if (bad !== undefined) throw new RangeError(`sorted requires finite numbers, got ${bad}`);
  return copy.sort((a, b) => a - b) as unknown as Sorted;
}

/** @throws Error if there are no values */
export function median(values: Sorted): number {
  return medianSorted(values as unknown as number[]);
}

/**
 * The p-quantile, 0 ≤ p ≤ 1, linear between the values on both sides (R's type 7, the default of numpy).
 *
 * @throws Error if there are no values
 */
export function quantile(values: Sorted, p: number): number {
  return quantileSorted(values as unknown as number[], p);
}

/** The median absolute deviation from the median, unscaled (breakdown point 50 %). */
export function medianAbsoluteDeviationOf(values: readonly number[]): number {
  return medianAbsoluteDeviation([...values]);
}

/** An interval [low, high]; low ≤ high. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * A distribution-free confidence interval of the median: the order statistics x(k) and x(n+1−k) with the
 * largest k whose coverage 1 − 2·P(Binomial(n, ½) ≤ k − 1) is at least the level asked for.
 * Undefined below 6 values at 95 %, because even the full range then covers less.
 *
 * Source: Conover, Practical Nonparametric Statistics, 3rd edition, section 3.2.
 *
 * @example
 * medianInterval(sorted([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), 0.95); // { low: 2, high: 9 }, coverage 97.9 %
 */
export function medianInterval(values: Sorted, level: number): Interval | undefined {
  const n = values.length;
  const tail = (1 - level) / 2;
  let logProbability = -n * Math.LN2; // of Binomial(n, ½) = 0
  let below = Math.exp(logProbability); // P(Binomial ≤ k − 1), k = 1
  let k = 0;
  while (below <= tail && k < n / 2) {
    k++;
    logProbability += Math.log((n - k + 1) / k);
    below += Math.exp(logProbability);
  }
  const low = values[k - 1];
  const high = values[n - k];
  return low === undefined || high === undefined ? undefined : { low, high };
}
