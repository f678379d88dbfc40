import { studentQuantile } from "../../core/student-t.js";
import type { NoiseTail } from "./noise-tail.js";
import { slowestFactors } from "./slowest-process.js";

/** How a quantity of new processes is spread at one cell; variances are of logarithms. */
export interface ProcessSpread {
  readonly median: number;
  readonly functionVariance: number;
  /** Of each process by itself. */
  readonly processVariance: number;
  /** With so many degrees of freedom these are known. */
  readonly degrees: number;
  readonly tail: NoiseTail | undefined;
  /** The variance of what all processes of a plan share, around the mean of what was measured. */
  readonly commonVariance: number;
  /** With so many degrees of freedom it is known: two sessions have one. */
  readonly commonDegrees: number;
}

/** Factors of bounds, each computed once. */
const factorOf = slowestFactors();

/** What all of so many new processes stay below, with such a probability. */
export function slowestOf(spread: ProcessSpread, processes: number, probability: number): number {
  const { median, functionVariance, processVariance: own, degrees, tail, commonVariance, commonDegrees } = spread;
  const wider = commonDegrees < degrees ? widthRatio(probability, commonDegrees, degrees) : 1;
  const common = functionVariance + commonVariance * wider ** 2;
  const factor = factorOf({ probability, processes, degrees, tail })(common / (common + own));
  return median * Math.exp(factor * Math.sqrt(common + own));
}

/** Near the middle, where both quantiles are 0, their ratio is that of densities, and here not far from it. */
const LEAST_TAIL = 0.6;

/** How much further out a quantile is where the variance is known with few degrees than where it is with many. */
function widthRatio(probability: number, few: number, many: number): number {
  const tail = Math.max(probability, 1 - probability, LEAST_TAIL);
  return studentQuantile(tail, few) / studentQuantile(tail, many);
}
