import { gammaln } from "simple-statistics";

const MOST_TERMS = 500;
const TINY = 1e-300;

/**
 * The regularised incomplete beta function I_x(a, b), 0 ≤ x ≤ 1; a and b above 0.
 *
 * Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.5.8 (the continued fraction).
 */
export function incompleteBeta(x: number, a: number, b: number): number {
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
