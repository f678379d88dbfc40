import { median, medianAbsoluteDeviationOf, sorted } from "../core/statistics.js";
import type { TrialRecord } from "../dataset/dataset-writer.js";
import type { HardwareRow } from "../dataset/hardware-table.js";
import type { Phase, PulseRow, TrialRow } from "../dataset/tables.js";
import type { PlannedTrial } from "../design/cells.js";
import type { Design } from "../design/design.js";
import type { TrialOutcome } from "./trial.js";
import type { Moment } from "./wall-clock.js";

/** What is the same for every trial of a run of a sweep. */
export interface RunIdentity {
  readonly runId: string;
  readonly host: string;
  readonly model: string;
}

/** One sample of the hardware with the features that have a value. */
export interface StampedSample {
  readonly instrument: HardwareRow["instrument"];
  readonly atMs: number;
  readonly values: Readonly<Record<string, number | undefined>>;
}

/** A trial that ran: what it was to measure, when, and what came of it. */
export interface MeasuredTrial {
  readonly design: Design;
  readonly planned: PlannedTrial;
  readonly startedAt: string;
  readonly outcome: TrialOutcome;
  readonly samples: readonly StampedSample[];
  /** What the hardware holds against it. */
  readonly cautions: readonly string[];
  /** How fast the machine was. */
  readonly pulse: Omit<PulseRow, "trialId">;
}

/** The rows that one trial adds to the dataset's tables. */
export function trialRecord(
  identity: RunIdentity,
  { design, planned, startedAt, outcome, samples, cautions, pulse }: MeasuredTrial,
): TrialRecord {
  const { trialId } = planned;
  const startMs = outcome.phases[0]?.atMs ?? 0;
  return {
    trial: {
      ...identityColumns(identity, planned, startedAt),
      ...measuredColumns(outcome),
      status: outcome.status,
      detail: outcome.detail,
      cautions: [...cautionsOf(design, outcome), ...cautions].join("; ") || undefined,
    },
    inferences: outcome.inferences.map(({ startedAtMs, latencyMs }, iteration) => ({
      trialId,
      iteration,
      startedMs: startedAtMs - startMs,
      latencyMs,
    })),
    images: outcome.prepared
      ? [
          {
            trialId,
            images: planned.cell.miniBatchSize,
            source: design.images === undefined ? "dummy" : "folder",
            decodeMs: outcome.prepared.decodeMs,
            resizeMs: outcome.prepared.resizeMs,
            tensorMs: outcome.prepared.tensorMs,
          },
        ]
      : [],
    pulses: Object.values(pulse).every((value) => value === undefined) ? [] : [{ ...pulse, trialId }],
    hardware: samples.flatMap(({ instrument, atMs, values }) => {
      const phase = phaseAt(outcome, atMs);
      return phase === undefined ? [] : [{ ...values, trialId, instrument, phase, elapsedMs: atMs - startMs }];
    }),
  };
}

/** A trial that was not run, with the reason; it adds a row to `trials` and nothing else. */
export function skippedRecord(
  identity: RunIdentity,
  planned: PlannedTrial,
  { startedAt, caution }: Moment,
  detail: string,
): TrialRecord {
  const trial: TrialRow = {
    ...identityColumns(identity, planned, startedAt),
    ...NOTHING_MEASURED,
    status: "skipped",
    detail,
    cautions: caution,
  };
  return { trial, inferences: [], images: [], pulses: [], hardware: [] };
}

const NOTHING_MEASURED = {
  loadMs: undefined,
  firstInferenceMs: undefined,
  steadyMedianMs: undefined,
  steadyMadMs: undefined,
  inferences: undefined,
  stoppedBy: undefined,
  relativeHalfWidth: undefined,
  peakMemoryMib: undefined,
  idleMemoryMib: undefined,
  devicePeakMemoryMib: undefined,
};

function identityColumns(
  { runId, host, model }: RunIdentity,
  { trialId, trial, cell }: PlannedTrial,
  startedAt: string,
) {
  const { inputSizePx, miniBatchSize, device } = cell;
  return { trialId, runId, host, model, ...device, inputSizePx, miniBatchSize, trial, startedAt };
}

function measuredColumns(outcome: TrialOutcome) {
  const [first, ...steady] = outcome.inferences.map(({ latencyMs }) => latencyMs);
  const measured = steady.length > 0;
  return {
    ...NOTHING_MEASURED,
    loadMs: outcome.loadMs,
    firstInferenceMs: first,
    steadyMedianMs: measured ? median(sorted(steady)) : undefined,
    steadyMadMs: measured ? medianAbsoluteDeviationOf(steady) : undefined,
    inferences: outcome.inferences.length,
    stoppedBy: outcome.done?.stoppedBy,
    relativeHalfWidth: Number.isFinite(outcome.done?.relativeHalfWidth) ? outcome.done?.relativeHalfWidth : undefined,
    peakMemoryMib: outcome.done?.peakMemoryMib ?? (outcome.seenMemoryMib || undefined),
    idleMemoryMib: outcome.done?.idleMemoryMib,
    devicePeakMemoryMib: outcome.seenDeviceMemoryMib,
  };
}

/** Reasons to distrust a trial that show in its own numbers, each with what to do about it. */
function cautionsOf(design: Design, { status, done }: TrialOutcome): string[] {
  if (status !== "ok" || done === undefined) return [];
  const { relative_half_width } = design.stopping;
  const cautions: string[] = [];
  if (done.relativeHalfWidth > relative_half_width) {
    const reached = (100 * done.relativeHalfWidth).toFixed(1);
    cautions.push(`unstable: median known within ${reached} % only, raise max_steady_ms or quiet the machine`);
  }
  if (!done.finiteOutputs) cautions.push("outputs not finite: the model overflows at this size, check its weights");
  return cautions;
}

/** The phase that a moment falls into, or undefined before the first and after the last. */
function phaseAt(outcome: TrialOutcome, atMs: number): Phase | undefined {
  return outcome.phases.findLast((phase) => phase.atMs <= atMs)?.phase;
}
