import type { ChoiceRow, PulseRow, TrialRow } from "../dataset/tables.js";
import { type DeviceConfiguration, deviceName } from "../design/design.js";
import { trialTimes } from "../fit/trial-times.js";
import type { MeasuredTrials } from "../measure/trial-chooser.js";
import type { Start } from "../plan/question/device-type.js";
import type { ProcessOutcome } from "./process-outcome.js";

/** Whose trials are meant, and in which state a plan's devices start. */
export interface OutcomePlace {
  readonly inputSizePx: number;
  readonly device: DeviceConfiguration;
  readonly start: Start;
}

/** Whether a trial is one of those that are meant. */
export function isOf(trial: TrialRow, { inputSizePx, device }: OutcomePlace): boolean {
  return trial.inputSizePx === inputSizePx && deviceName(trial) === deviceName(device);
}

/** Trials of one input size and device as what their processes said, in the order in which they were measured. */
export function trialOutcomes(measured: MeasuredTrials, place: OutcomePlace): ProcessOutcome[] {
  const meansMs = trialTimes(measured.inferences);
  const choices = new Map(measured.choices.map((choice) => [choice.trialId, choice]));
  const pulses = new Map(measured.pulses.map((pulse) => [pulse.trialId, pulse]));
  return measured.trials
    .filter((trial) => isOf(trial, place))
    .flatMap((trial) => {
      const { trialId } = trial;
      return outcomeOf(trial, meansMs.get(trialId)?.meanMs, place.start, choices.get(trialId), pulses.get(trialId));
    });
}

/** @returns none of a trial that was skipped */
function outcomeOf(
  trial: TrialRow,
  meanMs: number | undefined,
  start: Start,
  choice: ChoiceRow | undefined,
  pulse: PulseRow | undefined,
): ProcessOutcome[] {
  const { status, miniBatchSize, firstInferenceMs = 0, loadMs = 0, inferences = 0 } = trial;
  const latencyMs = meanMs ?? trial.steadyMedianMs ?? 0;
  const ownMs = loadMs + firstInferenceMs + Math.max(0, inferences - 1) * latencyMs;
  const outcome = { miniBatchSize, durationMs: choice?.tookMs ?? ownMs };
  if (status === "skipped") return [];
  if (status === "out_of_memory") return [{ ...outcome, status: "ran out of memory" }];
  if (status !== "ok" || !(latencyMs > 0) || !(firstInferenceMs > 0)) return [{ ...outcome, status: "failed" }];
  const firstMs = { loaded: firstInferenceMs, cold: loadMs + firstInferenceMs, warm: latencyMs }[start];
  // The pulse after a trial may tell of the trial itself, which makes the machine hot or clock up.
  const pulseMs = pulse?.pulseBeforeMs;
  return [{ ...outcome, status: "ran", latencyMs, firstMs, ...(pulseMs !== undefined && pulseMs > 0 && { pulseMs }) }];
}
