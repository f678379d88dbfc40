import { incompleteBeta } from "./incomplete-beta.js";
import { inverseOf } from "./inverse-of.js";

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
  return inverseOf((t) => studentCumulative(t, degrees), p);
}
