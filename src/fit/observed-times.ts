import { once } from "../core/once.js";
import { median, sorted } from "../core/statistics.js";
import type { TrialRow } from "../dataset/tables.js";
import { cellOf } from "./observation.js";
import type { TrialTimes } from "./trial-times.js";

/** The longest first and steady inference that was seen at a cell. */
export interface WorstObserved {
  readonly warmupMs: number;
  readonly latencyMs: number;
}

/** The worst of all inferences of the trials, by cell. */
export function worstOf(
  trials: readonly TrialRow[],
  times: ReadonlyMap<string, TrialTimes>,
): ReadonlyMap<string, WorstObserved> {
  const worst = new Map<string, WorstObserved>();
  for (const trial of trials) {
    const observed = times.get(trial.trialId);
    if (observed === undefined) continue;
    const { warmupMs, latencyMs } = worst.get(cellOf(trial)) ?? { warmupMs: 0, latencyMs: 0 };
    worst.set(cellOf(trial), {
      warmupMs: Math.max(warmupMs, observed.warmupMs),
      latencyMs: Math.max(latencyMs, observed.latencyMs),
    });
  }
  return worst;
}

/**
 * The mean of a trial's steady inferences over their median, in the median over the trials of an input size, or over all
 * trials where none is of that size; 1 where nothing is known.
 */
export function meanOverMedianOf(trials: readonly TrialRow[], times: () => ReadonlyMap<string, TrialTimes>) {
  const ratios = once(() =>
    trials.flatMap(({ trialId, inputSizePx, steadyMedianMs }) => {
      const meanMs = times().get(trialId)?.meanMs;
      return steadyMedianMs === undefined || meanMs === undefined
        ? []
        : [{ inputSizePx, ratio: meanMs / steadyMedianMs }];
    }),
  );
  return (inputSizePx: number): number => {
    const ofSize = ratios().filter((trial) => trial.inputSizePx === inputSizePx);
    const counted = ofSize.length > 0 ? ofSize : ratios();
    return counted.length > 0 ? median(sorted(counted.map(({ ratio }) => ratio))) : 1;
  };
}
