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
