import { gammaln } from "simple-statistics";

/** Noise with more far values than a normal distribution has: Student's t. */
export interface NoiseTail {
  readonly degrees: number;
  /** Of Student's t, over the standard deviation of the noise. */
  readonly scale: number;
}

const DEGREES = [3, 4, 5, 7, 10, 20];
/** By so much must ln of the likelihood grow before noise is no longer taken as normal. */
const LEAST_GAIN = 1;
const FEWEST = 20;
const ROUNDS = 25;

/**
 * Whether noise has heavier tails than a normal distribution, by likelihood; undefined where that is not seen.
 *
 * Source: Lange, Little and Taylor, Robust statistical modeling using the t distribution, JASA 84 (1989).
 *
 * @param residuals logarithms of what was measured over what is predicted
 */
export function noiseTail(residuals: readonly number[]): NoiseTail | undefined {
  const count = residuals.length;
  const variance = residuals.reduce((sum, residual) => sum + residual ** 2, 0) / count;
  if (count < FEWEST || !(variance > 0)) return undefined;
  const normal = (-count / 2) * (Math.log(2 * Math.PI * variance) + 1);
  const [best] = DEGREES.map((degrees) => {
    let squared = (variance * (degrees - 2)) / degrees;
    for (let round = 0; round < ROUNDS; round++) {
      const from = squared;
      squared =
        residuals.reduce(
          (sum, residual) => sum + ((degrees + 1) * residual ** 2) / (degrees + residual ** 2 / from),
          0,
        ) / count;
    }
    const constant = gammaln((degrees + 1) / 2) - gammaln(degrees / 2) - Math.log(Math.PI * degrees * squared) / 2;
    const likelihood = residuals.reduce(
      (sum, residual) => sum + constant - ((degrees + 1) / 2) * Math.log1p(residual ** 2 / (degrees * squared)),
      0,
    );
    return { degrees, scale: Math.sqrt(squared / variance), likelihood };
  }).sort((a, b) => b.likelihood - a.likelihood);
  if (best === undefined || best.likelihood - normal < LEAST_GAIN) return undefined;
  return { degrees: best.degrees, scale: best.scale };
}
