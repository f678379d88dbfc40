import { gammaln } from "simple-statistics";
import { studentCumulative } from "../../core/student-t.js";

/** Noise with more far values than a normal distribution has: Student's t, which may reach further upwards. */
export interface NoiseTail {
  readonly degrees: number;
  /** Of Student's t, over the standard deviation of the noise. */
  readonly scale: number;
  /** Upwards it is stretched by this factor, downwards squeezed by it: 1 is symmetric. */
  readonly skew: number;
}

const DEGREES = [3, 4, 5, 7, 10, 20];
/** As good as normal. */
export const MANY_DEGREES = 100;
/** Only upwards: noise that seems to reach less far up than it does would make bounds too low. */
const SKEWS = [1.15, 1.3, 1.5, 1.75, 2, 2.5];
/** By so much must ln of the likelihood grow before noise is no longer taken as normal. */
const LEAST_GAIN = 1;
/** And by so much more before it is taken as skewed: half of what a chance of 5 % allows one parameter. */
const LEAST_SKEW_GAIN = 1.92;
const FEWEST = 20;
const ROUNDS = 25;
/** Of the standard deviation; a golden section between them narrows the scale to a thousandth. */
const SCALES = [0.1, 1.6] as const;
const SECTIONS = 18;

/** A tail whose scale is in the units of the residuals. */
interface Candidate extends NoiseTail {
  readonly likelihood: number;
}

/**
 * Whether noise has heavier tails than a normal distribution, on both sides or upwards, by likelihood; undefined where
 * that is not seen.
 *
 * Source: Lange, Little and Taylor, Robust statistical modeling using the t distribution, JASA 84 (1989); for the skew
 * Fernández and Steel, On Bayesian modeling of fat tails and skewness, JASA 93 (1998).
 *
 * @param residuals logarithms of what was measured over what is predicted
 */
export function noiseTail(residuals: readonly number[]): NoiseTail | undefined {
  const count = residuals.length;
  const variance = residuals.reduce((sum, residual) => sum + residual ** 2, 0) / count;
  if (count < FEWEST || !(variance > 0)) return undefined;
  const deviation = Math.sqrt(variance);
  const normal = (-count / 2) * (Math.log(2 * Math.PI * variance) + 1);
  const symmetric = best(DEGREES.map((degrees) => symmetricTail(residuals, degrees, variance)));
  const skewed = best(
    SKEWS.flatMap((skew) =>
      [...DEGREES, MANY_DEGREES].map((degrees) => skewedTail(residuals, { degrees, skew }, deviation)),
    ),
  );
  const plain = Math.max(normal, symmetric.likelihood);
  const chosen = skewed.likelihood - plain >= LEAST_SKEW_GAIN ? skewed : symmetric;
  if (chosen.likelihood - normal < LEAST_GAIN) return undefined;
  return { degrees: chosen.degrees, scale: chosen.scale / deviation, skew: chosen.skew };
}

function best(candidates: readonly Candidate[]): Candidate {
  return candidates.reduce((one, other) => (other.likelihood > one.likelihood ? other : one));
}

function symmetricTail(residuals: readonly number[], degrees: number, variance: number): Candidate {
  const count = residuals.length;
  let squared = (variance * (degrees - 2)) / degrees;
  for (let round = 0; round < ROUNDS; round++) {
    const from = squared;
    squared =
      residuals.reduce((sum, residual) => sum + ((degrees + 1) * residual ** 2) / (degrees + residual ** 2 / from), 0) /
      count;
  }
  const scale = Math.sqrt(squared);
  return { degrees, scale, skew: 1, likelihood: likelihoodOf(residuals, { degrees, scale, skew: 1 }) };
}

function skewedTail(
  residuals: readonly number[],
  shape: Pick<NoiseTail, "degrees" | "skew">,
  deviation: number,
): Candidate {
  const at = (log: number) => likelihoodOf(residuals, { ...shape, scale: Math.exp(log) });
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = SCALES.map((share) => Math.log(share * deviation)) as [number, number];
  for (let section = 0; section < SECTIONS; section++) {
    const [left, right] = [high - golden * (high - low), low + golden * (high - low)];
    if (at(left) < at(right)) low = left;
    else high = right;
  }
  const scale = Math.exp((low + high) / 2);
  return { ...shape, scale, likelihood: likelihoodOf(residuals, { ...shape, scale }) };
}

function likelihoodOf(residuals: readonly number[], tail: NoiseTail): number {
  const { degrees, scale, skew } = tail;
  const constant =
    gammaln((degrees + 1) / 2) -
    gammaln(degrees / 2) -
    Math.log(Math.PI * degrees) / 2 -
    Math.log(scale) +
    Math.log(2 / (skew + 1 / skew));
  const mode = modeOf(tail);
  return residuals.reduce((sum, residual) => {
    const z = (residual - mode) / scale;
    const stretched = z < 0 ? z * skew : z / skew;
    return sum + constant - ((degrees + 1) / 2) * Math.log1p(stretched ** 2 / degrees);
  }, 0);
}

/** Where most of it is, so that its mean is 0: a skewed one has its mode below. */
function modeOf({ degrees, scale, skew }: NoiseTail): number {
  if (skew === 1) return 0;
  const meanOfHalf =
    (2 * Math.sqrt(degrees / Math.PI) * Math.exp(gammaln((degrees + 1) / 2) - gammaln(degrees / 2))) / (degrees - 1);
  return -scale * meanOfHalf * (skew - 1 / skew);
}

/** The probability that noise with a tail is at most so many of its standard deviations. */
export function tailCumulative(tail: NoiseTail, deviations: number): number {
  const { degrees, scale, skew } = tail;
  const z = (deviations - modeOf(tail)) / scale;
  const below = 1 / (skew ** 2 + 1);
  return z < 0
    ? 2 * below * studentCumulative(z * skew, degrees)
    : below + 2 * (1 - below) * (studentCumulative(z / skew, degrees) - 1 / 2);
}
