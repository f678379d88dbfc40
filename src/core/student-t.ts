import { gammaln } from "simple-statistics";

const MOST_TERMS = 500;
const TINY = 1e-300;

/**
 * The probability that Student's t is at most `t`.
 *
 * Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.5.8 (the continued fraction) and 26.7.1.
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

/** The regularised incomplete beta function I_x(a, b). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(gammaln(a + b) - gammaln(a) - gammaln(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  return front * continuedFraction(x, a, b);
}

/** Lentz's way from the first term on, until a further term changes nothing. */
function continuedFraction(x: number, a: number, b: number): number {
  let numerator = 1;
  let denominator = 1 / (1 - ((a + b) * x) / (a + 1) || TINY);
  let fraction = denominator;
  for (let term = 1; term <= MOST_TERMS; term++) {
    const even = (term * (b - term) * x) / ((a + 2 * term - 1) * (a + 2 * term));
    const odd = (-(a + term) * (a + b + term) * x) / ((a + 2 * term) * (a + 2 * term + 1));
    let change = 1;
    for (const coefficient of [even, odd]) {
      denominator = 1 / (1 + coefficient * denominator || TINY);
      numerator = 1 + coefficient / numerator || TINY;
      change = numerator * denominator;
      fraction *= change;
    }
    if (Math.abs(change - 1) < 1e-15) break;
  }
  return fraction;
}
