import { incompleteBeta } from "./incomplete-beta.js";

/**
 * The probability that Fisher's F is above `f`.
 *
 * Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.6.2.
 *
 * @param numerator degrees of freedom, above 0
 * @param denominator degrees of freedom, above 0
 * @example
 * fisherUpperTail(4.96, 1, 10); // 0.05: two variances, of which the first has one degree of freedom
 */
export function fisherUpperTail(f: number, numerator: number, denominator: number): number {
  return incompleteBeta(denominator / (denominator + numerator * f), denominator / 2, numerator / 2);
}
