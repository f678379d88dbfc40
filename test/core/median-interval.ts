import type { Interval, Sorted } from "../../src/core/statistics.js";

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
