import { incompleteBeta } from "./incomplete-beta.js";

/**
 * The probability that Student's t is at most `t`.
 *
 * Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.1.
 *
 * @param degrees of freedom, above 0; they need not be whole
 */
export function studentCumulative(t: number, degrees: number): number {
  const tail = incompleteBeta(degrees / (degrees + t * t), degrees / 2, 1 / 2) / 2;
  return t > 0 ? 1 - tail : tail;
}

/**
 * The value that Student's t does not exceed with probability `p`.
 *
 * @param degrees of freedom, above 0; they need not be whole
 * @example
 * studentQuantile(0.975, 4); // 2.776…: mean ± that many standard errors is a 95 % interval of five values
 */
export function studentQuantile(p: number, degrees: number): number {
  if (p < 0.5) return -studentQuantile(1 - p, degrees);
  let high = 1;
  while (studentCumulative(high, degrees) < p) high *= 2;
  let low = 0;
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (studentCumulative(middle, degrees) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
