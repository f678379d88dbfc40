import { gammaln } from "simple-statistics";
import { inverseOf } from "./inverse-of.js";

const SMALLEST_SHARE = 1e-17;

/**
 * The value that χ² does not exceed with probability `p`.
 *
 * Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 6.5.29 (the series of the incomplete gamma
 * function).
 *
 * @param degrees of freedom, above 0; they need not be whole
 * @example
 * chiSquareQuantile(0.975, 4); // 11.14…: four times a variance of five values, over that, is the lower end of its 95 %
 */
export function chiSquareQuantile(p: number, degrees: number): number {
  return inverseOf((value) => cumulative(value, degrees), p);
}

function cumulative(value: number, degrees: number): number {
  const [shape, x] = [degrees / 2, value / 2];
  if (x === 0) return 0;
  const first = Math.exp(shape * Math.log(x) - x - gammaln(shape + 1));
  if (first === 0) return x < shape ? 0 : 1; // so far out that it is no number above 0
  let [term, sum] = [first, first];
  for (let index = 1; term > SMALLEST_SHARE * sum || index < x; index++) {
    term *= x / (shape + index);
    sum += term;
  }
  return Math.min(1, sum);
}
