import type { Interval } from "../core/statistics.js";
import { deviceName } from "../design/design.js";
import { isKnown } from "../fit/unknown-quantity.js";
import { analysisOf, type DatasetAnalysis } from "../rank/dataset-analysis.js";
import { type Claim, type Condition, studyClaims } from "./claim.js";
import type { ClaimEvidence, Statistic } from "./statistic.js";
import { STATISTICS, type StatisticName } from "./statistics.js";

export const VERDICTS = ["reproduced", "not reproduced", "inconclusive"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A condition held against a dataset. */
export interface JudgedCondition {
  readonly condition: Condition;
  readonly statistic: Statistic;
  readonly verdict: Verdict;
  /** The statistic, its interval, the threshold and what follows, in one line. */
  readonly reason: string;
}

/** A claim held against one device of a dataset. */
export interface JudgedClaim {
  /** The device's name. */
  readonly device: string;
  readonly claim: Claim;
  /** `reproduced` if every condition is, `not reproduced` if one is not, else `inconclusive`. */
  readonly verdict: Verdict;
  readonly conditions: readonly JudgedCondition[];
}

/** Which claims are judged, and who is told how far that is. */
export interface JudgeOptions {
  /** Default: the study's. */
  readonly claims?: readonly Claim[];
  /** Of the rankings; an analysis has its own. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Holds claims against each device of a dataset: a condition is reproduced if the whole 95 % interval of its statistic
 * is on the right side of the threshold, not reproduced if the whole interval is on the wrong side and noise alone
 * would not bring it there, and inconclusive otherwise.
 *
 * @param dataset its folder, or an analysis that it shares with others
 * @throws UserError if the folder holds no dataset that can be fitted
 */
export async function judgeClaims(
  dataset: string | DatasetAnalysis,
  { claims = studyClaims(), onProgress }: JudgeOptions = {},
): Promise<JudgedClaim[]> {
  const analysis = analysisOf(dataset, onProgress && { onProgress });
  const judged: JudgedClaim[] = [];
  for (const fit of analysis.fits()) {
    const device = deviceName(fit.device);
    const evidence: ClaimEvidence = { fit, ranking: () => analysis.ranking("predict", device) };
    for (const claim of claims) {
      const conditions: JudgedCondition[] = [];
      for (const condition of claim.conditions) conditions.push(await judgeCondition(condition, evidence));
      judged.push({ device, claim, verdict: verdictOf(conditions), conditions });
    }
  }
  return judged;
}

/** Computes a condition's statistic and compares its interval with the threshold. */
export async function judgeCondition(condition: Condition, evidence: ClaimEvidence): Promise<JudgedCondition> {
  const unknown = unknownOf(condition, evidence);
  const statistic: Statistic =
    unknown === undefined
      ? await STATISTICS[condition.statistic](evidence, condition.input_size_px)
      : { value: undefined, reason: `${unknown} is not known, others measured and do not say it` };
  if (statistic.value === undefined) {
    return { condition, statistic, verdict: "inconclusive", reason: `${condition.statistic}: ${statistic.reason}` };
  }
  const { noiseAlone } = statistic;
  const byData = compare(statistic.interval, condition);
  // What noise alone could refute, data with that noise do not.
  const isNoise =
    byData === "not reproduced" &&
    noiseAlone !== undefined &&
    compare({ low: noiseAlone, high: noiseAlone }, condition) !== "reproduced";
  const verdict = isNoise ? "inconclusive" : byData;
  const { low, high } = statistic.interval;
  const range = low === high ? "" : ` (${number(low)} to ${number(high)})`;
  const threshold =
    condition.at_least === undefined ? `at most ${condition.at_most}` : `at least ${condition.at_least}`;
  return {
    condition,
    statistic,
    verdict,
    reason:
      `${condition.statistic} = ${number(statistic.value)}${range}, ${threshold} asked for; ${statistic.detail}` +
      (isNoise ? `; the noise between processes alone would make it ${number(noiseAlone)}` : ""),
  };
}

/** What statistics are of besides latency: where others measured, it may not be known. */
const OF_WARMUP: readonly StatisticName[] = ["warmup_over_latency", "four_parameter_error"];
const OF_MEMORY: readonly StatisticName[] = ["memory_slope_per_image_mib", "memory_largest_over_smallest"];

function unknownOf({ statistic }: Condition, { fit }: ClaimEvidence): string | undefined {
  if (fit.imported === undefined) return undefined;
  if (OF_WARMUP.includes(statistic) && !isKnown(fit.warmup)) return "warm-up";
  return OF_MEMORY.includes(statistic) && !isKnown(fit.memory) ? "memory" : undefined;
}

function compare({ low, high }: Interval, { at_least, at_most }: Condition): Verdict {
  if (at_least !== undefined)
    return low >= at_least ? "reproduced" : high < at_least ? "not reproduced" : "inconclusive";
  const most = at_most ?? Number.NaN;
  return high <= most ? "reproduced" : low > most ? "not reproduced" : "inconclusive";
}

function verdictOf(conditions: readonly JudgedCondition[]): Verdict {
  if (conditions.some(({ verdict }) => verdict === "not reproduced")) return "not reproduced";
  return conditions.every(({ verdict }) => verdict === "reproduced") ? "reproduced" : "inconclusive";
}

function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}
