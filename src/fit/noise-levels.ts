import { chiSquareQuantile } from "../core/chi-square.js";
import type { Interval } from "../core/statistics.js";
import { studentQuantile } from "../core/student-t.js";
import type { TrialRow } from "../dataset/tables.js";
import type { InferenceNoise } from "./inference-noise.js";
import { GROUP_LEVELS, type NestedValue, type NestedVariance, nestedVariances } from "./nested-variances.js";
import { cellOf } from "./observed/observation.js";

/** The levels of noise, the highest first. */
export const NOISE_LEVELS = [...GROUP_LEVELS, "inference"] as const;
/** The name of one of them. */
export type NoiseLevelName = (typeof NOISE_LEVELS)[number];

/** What one level of noise adds to a quantity of a device, relative to the quantity. */
export interface NoiseLevel {
  readonly level: NoiseLevelName;
  /** The standard deviation; 0 where the estimate came out below; undefined where one group says nothing of it. */
  readonly deviation: number | undefined;
  /** 95 %; undefined where the deviation is. */
  readonly interval: Interval | undefined;
  /** Of the variance of one new value, over the levels that are known. */
  readonly share: number | undefined;
  /** How many there are of it: hosts, sessions, processes or steady inferences. */
  readonly groups: number;
  /** So many independent squares say the variance. */
  readonly degrees: number;
  /** The unbiased estimate of the variance of logarithms, below 0 by chance where there is little or nothing. */
  readonly variance: number | undefined;
}

/** The levels of noise of one quantity. Latency has all four; warm-up and memory are of one inference a process. */
export interface QuantityNoise {
  readonly quantity: string;
  readonly levels: readonly NoiseLevel[];
}

/** The values of which `noiseLevels` takes the levels. */
export type NoisyQuantity = "steadyMedianMs" | "firstInferenceMs" | "peakMemoryMib" | "devicePeakMemoryMib";

/** From so many cells on, their own scatter says how well a variance is known, whatever the distribution. */
const ENOUGH_CELLS = 8;
/** Of both sides of a 95 % interval. */
const TAILS = [0.025, 0.975] as const;

/**
 * How much host, session, process and inference each add to the noise of a quantity: a nested analysis of variance of
 * the logarithms with the effect of each cell taken out. A session is one run of a sweep on one host. Of the latency
 * the inferences' part in the medians of the processes is taken out, with their autocorrelation counted in.
 *
 * Source: Kalibera and Jones, Rigorous Benchmarking in Reasonable Time (2013).
 *
 * @param quantity the name that it is shown with, with its unit
 * @param inferences of the trials, by their names; of the latency only
 */
export function noiseLevels(
  quantity: string,
  trials: readonly TrialRow[],
  key: NoisyQuantity,
  inferences: ReadonlyMap<string, InferenceNoise> = new Map(),
): QuantityNoise {
  const measured = trials.filter(({ [key]: value }) => value !== undefined && value > 0);
  const values = measured.map(
    (trial): NestedValue => ({
      cell: cellOf(trial),
      host: trial.host,
      session: trial.runId,
      log: Math.log(trial[key] ?? 1),
      ofInferences: inferences.get(trial.trialId)?.ofMedian ?? 0,
    }),
  );
  const nested = nestedVariances(values);
  const count = (of: (value: NestedValue) => string) => new Set(values.map(of)).size;
  const groups = {
    host: count(({ host }) => host),
    session: count(({ host, session }) => JSON.stringify([host, session])),
    process: values.length,
  };
  const within = inferenceLevel(measured, inferences);
  const found = [
    ...GROUP_LEVELS.map((level) => {
      const { variance } = nested[level];
      // The centre of a group is known as well as the processes in it tell it.
      const ofCentre = level === "process" ? 0 : ((nested.process.variance ?? 0) * groups[level]) / values.length;
      return {
        level,
        variance,
        degrees: nested[level].degrees,
        groups: groups[level],
        interval: intervalOf(nested[level], ofCentre, inferences.size > 0),
      };
    }),
    ...(inferences.size === 0 ? [] : [within]),
  ];
  const known = found.reduce((sum, { variance }) => sum + Math.max(0, variance ?? 0), 0);
  return {
    quantity,
    levels: found.map(({ level, variance, degrees, groups: number, interval }) => ({
      level,
      deviation: variance === undefined ? undefined : Math.sqrt(Math.max(0, variance)),
      interval,
      share: variance === undefined || known === 0 ? undefined : Math.max(0, variance) / known,
      groups: number,
      degrees,
      variance,
    })),
  };
}

function inferenceLevel(trials: readonly TrialRow[], inferences: ReadonlyMap<string, InferenceNoise>) {
  const known = trials.flatMap((trial) => {
    const noise = inferences.get(trial.trialId);
    return noise?.variance === undefined ? [] : [{ cell: cellOf(trial), excess: noise.variance, weight: 1 }];
  });
  const byCell = new Map<string, { excess: number; weight: number }>();
  for (const { cell, excess, weight } of known) {
    const sums = byCell.get(cell) ?? { excess: 0, weight: 0 };
    byCell.set(cell, { excess: sums.excess + excess, weight: sums.weight + weight });
  }
  const variance = known.length === 0 ? undefined : known.reduce((sum, { excess }) => sum + excess, 0) / known.length;
  return {
    level: "inference" as const,
    variance,
    degrees: known.length,
    groups: trials.reduce((sum, { trialId }) => sum + (inferences.get(trialId)?.inferences ?? 0), 0),
    interval: intervalOf({ variance, degrees: known.length, cells: [...byCell.values()] }, 0, false),
  };
}

/**
 * The 95 % interval of a standard deviation: where many cells say it, from how these differ, which holds for heavy
 * tails, too; a few groups whose effect all cells share have that of normal effects, which is wide.
 */
function intervalOf(
  { variance, degrees, cells }: NestedVariance,
  ofCentre: number,
  isDifference: boolean,
): Interval | undefined {
  if (variance === undefined || degrees <= 0) return undefined;
  const estimate = Math.max(0, variance);
  if (ofCentre === 0 && cells.length >= ENOUGH_CELLS) {
    const weight = cells.reduce((sum, cell) => sum + cell.weight, 0);
    const squares = cells.reduce((sum, cell) => sum + (cell.excess - variance * cell.weight) ** 2, 0);
    const error = Math.sqrt((cells.length / (cells.length - 1)) * squares) / weight;
    const reach = studentQuantile(TAILS[1], cells.length - 1) * error;
    // Upwards by factors, for variances are skewed; where little is known of one that may be 0, in steps as long as
    // those.
    const high = reach < estimate ? estimate * Math.exp(reach / estimate) : Math.E * reach;
    // Downwards so, too, where it is a mean square; a difference of two may be one of nothing.
    const low = isDifference || estimate === 0 ? Math.max(0, estimate - reach) : estimate ** 2 / high;
    return { low: Math.sqrt(low), high: Math.sqrt(high) };
  }
  const [high = 0, low = 0] = TAILS.map((tail) =>
    Math.sqrt(Math.max(0, (degrees * (estimate + ofCentre)) / chiSquareQuantile(tail, degrees) - ofCentre)),
  );
  return { low, high };
}
