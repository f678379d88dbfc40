import type { Interval } from "../core/statistics.js";
import { studentCumulative, studentQuantile } from "../core/student-t.js";
import type { Variance } from "./noise.js";

const CONFIDENCE = 0.95;

/** A ratio of geometric means. */
export interface Ratio {
  readonly ratio: number;
  /** At 95 %, at the level of processes; undefined where no cell of a side was repeated. */
  readonly interval: Interval | undefined;
  /** How likely a ratio this far from 1 is where there is no difference (two-sided). */
  readonly pValue: number | undefined;
}

/**
 * A ratio from its logarithm, Student's t, with the degrees of freedom of a sum of variances.
 *
 * Source: Welch, Biometrika 34 (1947); Satterthwaite, Biometrics Bulletin 2 (1946).
 *
 * @param variances those whose sum is the variance of the logarithm; undefined where one is not known
 * @example
 * ratioFrom(Math.log(2), [{ variance: 0.01, degrees: 4 }]); // 2 (1.515 to 2.640), p = 0.0023
 */
export function ratioFrom(log: number, variances: readonly Variance[] | undefined, confidence = CONFIDENCE): Ratio {
  const ratio = Math.exp(log);
  if (variances === undefined) return { ratio, interval: undefined, pValue: undefined };
  const variance = variances.reduce((sum, term) => sum + term.variance, 0);
  const spread = variances.reduce((sum, term) => sum + term.variance ** 2 / term.degrees, 0);
  if (variance === 0) return { ratio, interval: { low: ratio, high: ratio }, pValue: log === 0 ? 1 : 0 };
  const degrees = variance ** 2 / spread;
  const standardError = Math.sqrt(variance);
  const half = studentQuantile((1 + confidence) / 2, degrees) * standardError;
  return {
    ratio,
    interval: { low: Math.exp(log - half), high: Math.exp(log + half) },
    pValue: 2 * studentCumulative(-Math.abs(log) / standardError, degrees),
  };
}
