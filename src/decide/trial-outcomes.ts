import { groupBy } from "../core/group-by.js";
import type { ChoiceRow, InferenceRow, PulseRow, TrialRow } from "../dataset/tables.js";
import { type DeviceConfiguration, deviceName } from "../design/design.js";
import type { MeasuredTrials } from "../measure/trial-chooser.js";
import type { Start } from "../plan/question/device-type.js";
import type { ProcessOutcome } from "./process-outcome.js";
import { settledTimes } from "./settled-times.js";

/** Whose trials are meant, and in which state a plan's devices start. */
export interface OutcomePlace {
  readonly inputSizePx: number;
  readonly device: DeviceConfiguration;
  readonly start: Start;
  /** The largest mini-batch that they may run. Default: no limit. */
  readonly maxMiniBatchSize?: number;
}

/** Whether a trial is one of those that are meant. */
export function isOf(
  trial: TrialRow,
  { inputSizePx, device, maxMiniBatchSize = Number.POSITIVE_INFINITY }: OutcomePlace,
): boolean {
  const isInside = trial.inputSizePx === inputSizePx && trial.miniBatchSize <= maxMiniBatchSize;
  return isInside && deviceName(trial) === deviceName(device);
}

/** Trials of one input size and device as what their processes said, in the order in which they were measured. */
export function trialOutcomes(measured: MeasuredTrials, place: OutcomePlace): ProcessOutcome[] {
  const inferences = groupBy(measured.inferences, ({ trialId }) => trialId);
  const choices = new Map(measured.choices.map((choice) => [choice.trialId, choice]));
  const pulses = new Map(measured.pulses.map((pulse) => [pulse.trialId, pulse]));
  return measured.trials
    .filter((trial) => isOf(trial, place))
    .flatMap((trial) => {
      const { trialId } = trial;
      return outcomeOf(trial, inferences.get(trialId) ?? [], place.start, choices.get(trialId), pulses.get(trialId));
    });
}

/** @returns none of a trial that was skipped */
function outcomeOf(
  trial: TrialRow,
  inferences: readonly InferenceRow[],
  start: Start,
  choice: ChoiceRow | undefined,
  pulse: PulseRow | undefined,
): ProcessOutcome[] {
  const { status, miniBatchSize, loadMs = 0 } = trial;
  const latenciesMs = inferences.toSorted((a, b) => a.iteration - b.iteration).map(({ latencyMs }) => latencyMs);
  const ownMs = latenciesMs.reduce((sum, latencyMs) => sum + latencyMs, loadMs);
  const outcome = { miniBatchSize, durationMs: choice?.tookMs ?? ownMs };
  if (status === "skipped") return [];
  if (status === "out_of_memory") return [{ ...outcome, status: "ran out of memory" }];
  const settled = settledTimes(latenciesMs);
  if (status !== "ok" || settled === undefined || !(settled.latencyMs > 0)) return [{ ...outcome, status: "failed" }];
  const { latencyMs, firstMs: warmupMs } = settled;
  const firstMs = { loaded: warmupMs, cold: loadMs + warmupMs, warm: latencyMs }[start];
  // The pulse after a trial may tell of the trial itself, which makes the machine hot or clock up.
  const pulseMs = pulse?.pulseBeforeMs;
  return [{ ...outcome, status: "ran", latencyMs, firstMs, ...(pulseMs !== undefined && pulseMs > 0 && { pulseMs }) }];
}
