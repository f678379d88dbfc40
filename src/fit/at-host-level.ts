import { groupBy } from "../core/group-by.js";
import type { PulseRow, TrialRow } from "../dataset/tables.js";
import { areApart, type HostLevel } from "./host-levels.js";
import type { HostQuantity, HostTrial } from "./host-sums.js";
import { meanOf } from "./observed/cell-logs.js";
import type { TrialTimes } from "./trial-times.js";

/**
 * Trials as they would have been on one of the hosts: those of hosts that are apart are taken by their factors.
 *
 * @param host whose level it is; that of the first where it is alike or nothing is known of it
 */
export function atHostLevel<Trial extends HostTrial>(
  trials: readonly Trial[],
  levels: readonly HostLevel[],
  host: string | undefined = levels[0]?.host,
): Trial[] {
  if (!areApart(levels)) return [...trials];
  const factorsOf = new Map(levels.map((level) => [level.host, hostFactors(levels, level.host, host)]));
  return trials.map((trial) => {
    const { latency = 1, warmup = 1 } = factorsOf.get(trial.host) ?? {};
    return {
      ...trial,
      steadyMedianMs: trial.steadyMedianMs && trial.steadyMedianMs * latency,
      firstInferenceMs: trial.firstInferenceMs && trial.firstInferenceMs * warmup,
    };
  });
}

/** The times of the inferences of such trials, taken by the same factors. */
export function timesAtHostLevel(
  times: ReadonlyMap<string, TrialTimes>,
  trials: readonly Pick<TrialRow, "trialId" | "host">[],
  levels: readonly HostLevel[],
  host: string | undefined = levels[0]?.host,
): ReadonlyMap<string, TrialTimes> {
  if (!areApart(levels)) return times;
  const hostOf = new Map(trials.map((trial) => [trial.trialId, trial.host]));
  return new Map(
    [...times].map(([trialId, { latencyMs, warmupMs, meanMs, excessMs }]) => {
      const { latency, warmup } = hostFactors(levels, hostOf.get(trialId) ?? "", host);
      return [
        trialId,
        {
          ...{ latencyMs: latencyMs * latency, warmupMs: warmupMs * warmup },
          ...{ meanMs: meanMs && meanMs * latency, excessMs: excessMs * latency },
        },
      ];
    }),
  );
}

/**
 * Pulses as they would have been on one host: where hosts are apart, only what a host's own differ by tells how fast it
 * was just then.
 */
export function pulsesAtHostLevel(
  pulses: readonly PulseRow[],
  trials: readonly Pick<TrialRow, "trialId" | "host">[],
  levels: readonly HostLevel[],
): readonly PulseRow[] {
  if (!areApart(levels)) return pulses;
  const hostOf = new Map(trials.map((trial) => [trial.trialId, trial.host]));
  const groups = groupBy(pulses, ({ trialId }) => hostOf.get(trialId) ?? "");
  return [...groups.values()].flatMap((ofHost) => {
    const usual = PULSE_COLUMNS.map((column) => usualOf(ofHost.flatMap(({ [column]: value = 0 }) => value)));
    return ofHost.map((pulse) => ({
      ...pulse,
      ...Object.fromEntries(
        PULSE_COLUMNS.map((column, index) => [column, pulse[column] && pulse[column] / (usual[index] ?? 1)]),
      ),
    }));
  });
}

const PULSE_COLUMNS = ["pulseBeforeMs", "pulseAfterMs", "touchUsPerPage"] as const;

/** The geometric mean; 1 of nothing. */
function usualOf(values: readonly number[]): number {
  const logs = values.filter((value) => value > 0).map(Math.log);
  return logs.length === 0 ? 1 : Math.exp(meanOf(logs));
}

/** How well the level of a host is known, as the variance of its logarithm; 0 where no other host's trials count. */
export interface LevelError {
  readonly variance: number;
  readonly degrees: number;
}

/** That hosts are alike, or there is one, leaves nothing to be known of its level. */
export const LEVEL_KNOWN: Readonly<Record<HostQuantity, LevelError>> = {
  latency: { variance: 0, degrees: Number.POSITIVE_INFINITY },
  warmup: { variance: 0, degrees: Number.POSITIVE_INFINITY },
};

/**
 * What the factors of `atHostLevel` bring with them: as estimates they are off, and with them the level of all trials
 * of other hosts, in the mean by the share that these are of all. The errors of several are taken to add up.
 */
export function levelErrors(
  trials: readonly Pick<TrialRow, "host">[],
  levels: readonly HostLevel[],
  host: string | undefined = levels[0]?.host,
): Readonly<Record<HostQuantity, LevelError>> {
  if (!areApart(levels)) return LEVEL_KNOWN;
  const own = levels.find((level) => level.host === host);
  const counts = groupBy(trials, (trial) => trial.host);
  const errorOf = (quantity: HostQuantity): LevelError => {
    const ratioOf = (level: HostLevel | undefined) => (level?.verdict === "apart" ? level[quantity] : undefined);
    const ratios = levels.flatMap((level) => (level.host === host ? [] : [ratioOf(level), ratioOf(own)]));
    const deviation = levels.reduce((sum, level) => {
      if (level.host === host) return sum;
      const share = (counts.get(level.host)?.length ?? 0) / trials.length;
      return sum + share * Math.sqrt((ratioOf(level)?.variance ?? 0) + (ratioOf(own)?.variance ?? 0));
    }, 0);
    const degrees = ratios.reduce((least, ratio) => Math.min(least, ratio?.degrees ?? least), Number.POSITIVE_INFINITY);
    return { variance: deviation ** 2, degrees };
  };
  return { latency: errorOf("latency"), warmup: errorOf("warmup") };
}

/** What times of one host are multiplied with to be those of another one. */
function hostFactors(
  levels: readonly HostLevel[],
  from: string,
  to: string | undefined,
): Readonly<Record<HostQuantity, number>> {
  const levelOf = (host: string | undefined, quantity: HostQuantity) => {
    const level = levels.find((one) => one.host === host);
    return level?.verdict === "apart" ? (level[quantity]?.ratio ?? 1) : 1;
  };
  return {
    latency: levelOf(to, "latency") / levelOf(from, "latency"),
    warmup: levelOf(to, "warmup") / levelOf(from, "warmup"),
  };
}
