import type { SummaryRow, TrialRow } from "../dataset/tables.js";
import { cellOf, type Observation } from "./observed/observation.js";
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
 * What trials measured, those left out that did not, or nothing above 0, as a clock that is too coarse.
 *
 * @param knownLogs how much longer, as a logarithm, trials took because the machine was slow
 */
export function observationsOf(
  trials: readonly TrialRow[],
  measuredIn: (trial: TrialRow) => number | undefined,
  knownLogs: ReadonlyMap<string, number> = new Map(),
): Observation[] {
  return trials.flatMap((trial) => {
    const { trialId, inputSizePx, miniBatchSize } = trial;
    const [value = 0, knownLog] = [measuredIn(trial), knownLogs.get(trialId)];
    return value > 0 ? [{ inputSizePx, miniBatchSize, value, ...(knownLog !== undefined && { knownLog }) }] : [];
  });
}

/**
 * The mean of each trial's settled inferences: of those that are recorded, else as the summary of who measured it says;
 * its median where neither is known.
 */
export function meansOf(
  trials: readonly TrialRow[],
  times: ReadonlyMap<string, TrialTimes>,
  knownLogs: ReadonlyMap<string, number>,
  summaries: ReadonlyMap<string, SummaryRow> = new Map(),
): Observation[] {
  return observationsOf(
    trials,
    // A clock that is too coarse has means of 0.
    ({ trialId, steadyMedianMs }) =>
      times.get(trialId)?.meanMs || (summaries.get(trialId)?.latencyMs ?? steadyMedianMs),
    knownLogs,
  );
}

/** What the beginning of each trial took: its first inference alone where those after it are not recorded. */
export function beginningsOf(
  trials: readonly TrialRow[],
  times: ReadonlyMap<string, TrialTimes>,
  knownLogs: ReadonlyMap<string, number>,
): Observation[] {
  return observationsOf(
    trials,
    ({ trialId, firstInferenceMs = 0 }) => firstInferenceMs && firstInferenceMs + (times.get(trialId)?.excessMs ?? 0),
    knownLogs,
  );
}
