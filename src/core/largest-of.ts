/**
 * The largest of any number of values, −∞ of none; each value of `Math.max(...values)` is an argument, and those are
 * limited.
 */
export function largestOf(values: Iterable<number>): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of values) largest = Math.max(largest, value);
  return largest;
}
