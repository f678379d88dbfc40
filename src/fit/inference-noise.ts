import { medianAbsoluteDeviationOf } from "../core/statistics.js";
import { inflation, medianPrecision } from "../measure/median-precision.js";
import type { InferenceTime } from "./trial-times.js";

/** How the steady inferences of one process differ. */
export interface InferenceNoise {
  readonly inferences: number;
  /** The variance of one inference over the square of the median; undefined where too few say anything of it. */
  readonly variance: number | undefined;
  /** The variance of the process's median that comes from having measured so many inferences and no more. */
  readonly ofMedian: number;
}

/** Makes a median absolute deviation the standard deviation of normal values. */
const NORMAL_SCALE = 1.4826;
/** The variance of the median of independent normal values over that of their mean. */
const MEDIAN_OVER_MEAN = Math.PI / 2;
/** So many inferences say the autocorrelation of a process as well as that of all processes does. */
const COMMON_INFERENCES = 300;
const LEAST_INDEPENDENT = 2;

/**
 * How the steady inferences of each process differ, by trial. One trial is in memory at a time: a dataset holds the
 * inferences of a trial together and in the order in which they ran.
 *
 * The deviation is the median absolute one: the latency is a median, and what moves it are the inferences near it. With
 * Student's t of three degrees a variance by moments would overstate that of the median 2.5 times, this one by a tenth.
 * The autocorrelation of a short series is drawn towards that of all: the variance grows so fast with it that its
 * scatter alone would more than double the variance of the median of 60 inferences (at 0.8).
 */
export function inferenceNoise(inferences: Iterable<InferenceTime>): Map<string, InferenceNoise> {
  const trials = new Map<string, SteadySeries>();
  let [current, steadyMs]: [string | undefined, number[]] = [undefined, []];
  const finish = () => {
    const series = steadyMs.length === 0 ? undefined : seriesOf(steadyMs);
    if (current !== undefined && series !== undefined) trials.set(current, series);
  };
  for (const { trialId, iteration, latencyMs } of inferences) {
    if (trialId !== current) {
      finish();
      [current, steadyMs] = [trialId, []];
    }
    if (iteration > 0) steadyMs.push(latencyMs);
  }
  finish();
  const common = commonCorrelation([...trials.values()]);
  return new Map([...trials].map(([trial, series]) => [trial, noiseOf(series, common)]));
}

interface SteadySeries {
  readonly inferences: number;
  /** Around its own centre. */
  readonly apparentVariance: number;
  readonly correlation: number;
}

/** Undefined where the clock saw nothing of most inferences. */
function seriesOf(steadyMs: readonly number[]): SteadySeries | undefined {
  const { median, correlation } = medianPrecision(steadyMs);
  if (!(median > 0)) return undefined;
  const apparentVariance = ((NORMAL_SCALE * medianAbsoluteDeviationOf(steadyMs)) / median) ** 2;
  return { inferences: steadyMs.length, apparentVariance, correlation };
}

function commonCorrelation(series: readonly SteadySeries[]): number {
  const [weighted, weight] = series.reduce(
    ([sum, count], { inferences, correlation }) => [sum + inferences * correlation, count + inferences],
    [0, 0],
  );
  return weight === 0 ? 0 : weighted / weight;
}

function noiseOf({ inferences, apparentVariance, correlation }: SteadySeries, common: number): InferenceNoise {
  const drawn = (inferences * correlation + COMMON_INFERENCES * common) / (inferences + COMMON_INFERENCES);
  const independent = inferences / inflation(drawn);
  // Values that resemble each other stand nearer to their own centre than to the true one.
  const variance = apparentVariance / (1 - 1 / Math.max(LEAST_INDEPENDENT, independent));
  return {
    inferences,
    variance: independent < LEAST_INDEPENDENT ? undefined : variance,
    ofMedian: (MEDIAN_OVER_MEAN * variance) / Math.max(1, independent),
  };
}
