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
    [...times].map(([trialId, { latencyMs, warmupMs, meanMs }]) => {
      const { latency, warmup } = hostFactors(levels, hostOf.get(trialId) ?? "", host);
      return [
        trialId,
        { latencyMs: latencyMs * latency, warmupMs: warmupMs * warmup, meanMs: meanMs && meanMs * latency },
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
