import { groupBy } from "../core/group-by.js";
import { median, sorted } from "../core/statistics.js";
import type { Run } from "../dataset/runs.js";
import type { PulseRow, TrialRow } from "../dataset/tables.js";
import type { InferenceNoise } from "./inference-noise.js";
import { type MachineEffect, machineEffects } from "./machine-effect.js";
import { noiseLevels, type QuantityNoise } from "./noise-levels.js";
import { cellOf } from "./observed/observation.js";

/** The noise of a device by its levels, and what its measuring took. */
export interface DeviceNoise {
  readonly latency: QuantityNoise;
  readonly warmup: QuantityNoise;
  readonly memory: QuantityNoise;
  /** How much of it goes with how fast the machine was; empty where no pulse was taken. */
  readonly machine: readonly MachineEffect[];
  /** The variance of the median of a process's inferences, times their number: with n of them it is this over n. */
  readonly ofOneInference: number;
  readonly cells: readonly MeasuredCell[];
  /** What a session takes before its first trial; undefined where its runs do not say. */
  readonly sessionMs: number | undefined;
}

/** What one cell took, in the median of its trials. */
export interface MeasuredCell {
  /** Processes that ended well. */
  readonly processes: number;
  /** Steady ones of a process. */
  readonly inferences: number;
  /** Of a process beside its steady inferences: idle, load, first inference. */
  readonly processMs: number;
  readonly inferenceMs: number;
}

/**
 * The noise of a device by its levels.
 *
 * @param trials that ended well
 * @param idleMs that each process stays idle before it loads the model
 */
export function deviceNoise(
  trials: readonly TrialRow[],
  inferences: ReadonlyMap<string, InferenceNoise>,
  idleMs: number,
  runs: readonly Run[],
  pulses: readonly PulseRow[],
): DeviceNoise {
  const ofTrials = trials.flatMap(({ trialId }) => inferences.get(trialId) ?? []);
  const onDevice = trials.some(({ devicePeakMemoryMib }) => devicePeakMemoryMib !== undefined);
  return {
    latency: noiseLevels("latency_ms", trials, "steadyMedianMs", inferences),
    warmup: noiseLevels("warmup_ms", trials, "firstInferenceMs"),
    memory: noiseLevels("peak_memory_mib", trials, onDevice ? "devicePeakMemoryMib" : "peakMemoryMib"),
    machine: machineEffects(trials, pulses),
    ofOneInference: meanOf(ofTrials.map((noise) => noise.inferences * noise.ofMedian)),
    cells: [...groupBy(trials, cellOf).values()].map((cell) => measuredCell(cell, idleMs)),
    sessionMs: sessionMs(trials, runs),
  };
}

function measuredCell(trials: readonly TrialRow[], idleMs: number): MeasuredCell {
  const middle = (key: "loadMs" | "firstInferenceMs" | "steadyMedianMs" | "inferences") =>
    medianOf(trials.flatMap(({ [key]: value }) => value ?? [])) ?? 0;
  return {
    processes: trials.length,
    inferences: Math.max(0, middle("inferences") - 1),
    processMs: idleMs + middle("loadMs") + middle("firstInferenceMs"),
    inferenceMs: middle("steadyMedianMs"),
  };
}

/** From the start of a run to that of its first trial, in the median of the runs. */
function sessionMs(trials: readonly TrialRow[], runs: readonly Run[]): number | undefined {
  const spent = runs.flatMap(({ runId, startedAt }) => {
    const starts = trials.filter((trial) => trial.runId === runId).map((trial) => Date.parse(trial.startedAt ?? ""));
    const ms =
      starts.reduce((least, start) => Math.min(least, start), Number.POSITIVE_INFINITY) - Date.parse(startedAt ?? "");
    return Number.isFinite(ms) && ms >= 0 ? [ms] : [];
  });
  return medianOf(spent);
}

function medianOf(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : median(sorted(values));
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
