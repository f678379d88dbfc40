import { seededRandom } from "../core/seeded-random.js";
import { type Interval, quantile, sorted } from "../core/statistics.js";
import type { DeviceFit } from "../fit/device-fit.js";
import type { DatasetRanking } from "../rank/rank-dataset.js";

/** What a dataset says of one statistic, with its 95 % interval; or why it says nothing. */
export type Statistic =
  | {
      readonly value: number;
      readonly interval: Interval;
      readonly detail: string;
      /** What it would come to if the finding held and only noise spoke against it; undefined where noise does not. */
      readonly noiseAlone?: number;
    }
  | { readonly value: undefined; readonly reason: string };

/** What statistics are computed from; dear parts are computed when they are first asked for. */
export interface ClaimEvidence {
  readonly fit: DeviceFit;
  /** The ranking of what is known before the first inference. */
  ranking(): Promise<DatasetRanking>;
}

/** Computes one statistic; some are of one input size. */
export type StatisticFunction = (
  evidence: ClaimEvidence,
  inputSizePx: number | undefined,
) => Statistic | Promise<Statistic>;

const RESAMPLES = 1000;
const SEED = 1;

/**
 * A statistic with its percentile bootstrap interval over resampled items, seeded.
 *
 * @param items independent observations, such as cells
 */
export function bootstrapStatistic<Item>(
  items: readonly Item[],
  statistic: (sample: readonly Item[]) => number,
  detail: string,
): Statistic {
  const random = seededRandom(SEED, "claim");
  return intervalStatistic(
    statistic(items),
    Array.from({ length: RESAMPLES }, () => statistic(random.resample(items))),
    detail,
  );
}

/** A statistic with the middle 95 % of its resampled values; values that are no numbers are left out. */
export function intervalStatistic(value: number, resampled: readonly number[], detail: string): Statistic {
  const values = sorted(resampled.filter(Number.isFinite));
  if (!Number.isFinite(value) || values.length === 0) return { value: undefined, reason: "too few cells" };
  return {
    value,
    interval: { low: Math.min(value, quantile(values, 0.025)), high: Math.max(value, quantile(values, 0.975)) },
    detail,
  };
}

/** A statistic beside what noise alone would make of it, where that is known. */
export function besideNoise(statistic: Statistic, noiseAlone: number | undefined): Statistic {
  return statistic.value === undefined || noiseAlone === undefined ? statistic : { ...statistic, noiseAlone };
}

/** A statistic without uncertainty, such as a count. */
export function exactStatistic(value: number, detail: string): Statistic {
  return { value, interval: { low: value, high: value }, detail };
}
