import { medianAbsoluteDeviationOf } from "../core/statistics.js";
import { medianPrecision } from "../measure/median-precision.js";
import type { InferenceTime } from "./trial-times.js";

/** How the steady inferences of one process differ. */
export interface InferenceNoise {
  readonly inferences: number;
  /** So many independent ones say as much of their median. */
  readonly independent: number;
  /** The variance of one inference over the square of the median; undefined where too few say anything of it. */
  readonly variance: number | undefined;
  /** The variance of the process's median that comes from having measured so many inferences and no more. */
  readonly ofMedian: number;
}

/** Makes a median absolute deviation the standard deviation of normal values. */
const NORMAL_SCALE = 1.4826;
/** The variance of the median of independent normal values over that of their mean. */
const MEDIAN_OVER_MEAN = Math.PI / 2;
const LEAST_INDEPENDENT = 2;

/**
 * How the steady inferences of each process differ, by trial. One trial is in memory at a time: a dataset holds the
 * inferences of a trial together and in the order in which they ran.
 */
export function inferenceNoise(inferences: Iterable<InferenceTime>): Map<string, InferenceNoise> {
  const noise = new Map<string, InferenceNoise>();
  let [current, steadyMs]: [string | undefined, number[]] = [undefined, []];
  const finish = () => {
    if (current !== undefined && steadyMs.length > 0) noise.set(current, noiseOf(steadyMs));
  };
  for (const { trialId, iteration, latencyMs } of inferences) {
    if (trialId !== current) {
      finish();
      [current, steadyMs] = [trialId, []];
    }
    if (iteration > 0) steadyMs.push(latencyMs);
  }
  finish();
  return noise;
}

/**
 * The deviation is the median absolute one: the latency is a median, and what moves it are the inferences near it. With
 * Student's t of three degrees a variance by moments would overstate that of the median 2.5 times, this one by a tenth.
 */
function noiseOf(steadyMs: readonly number[]): InferenceNoise {
  const { independent: found, median } = medianPrecision(steadyMs);
  const independent = Math.max(1, found);
  const apparent = ((NORMAL_SCALE * medianAbsoluteDeviationOf(steadyMs)) / median) ** 2;
  // Values that resemble each other stand nearer to their own centre than to the true one.
  const variance = apparent / (1 - 1 / Math.max(LEAST_INDEPENDENT, independent));
  return {
    inferences: steadyMs.length,
    independent,
    variance: independent < LEAST_INDEPENDENT ? undefined : variance,
    ofMedian: (MEDIAN_OVER_MEAN * variance) / independent,
  };
}
