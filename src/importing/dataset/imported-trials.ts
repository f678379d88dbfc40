import { createHash } from "node:crypto";
import { counted } from "../../core/counted.js";
import type { SummaryRow, TrialRow } from "../../dataset/tables.js";
import { deviceName, type RecordedDevice } from "../../design/design.js";
import type { ImportedRow } from "../imported-row.js";
import { withRisingPercentiles } from "./rising-percentiles.js";
import { summarise } from "./summarised-row.js";

/** What measurements are of, as far as it is known. */
export interface ImportedFrom {
  readonly format: string;
  /** What a plan counts, in words: `NVIDIA A100 80GB`. */
  readonly device: string;
  readonly model: string;
  readonly provider?: RecordedDevice["provider"];
  readonly threads?: number;
  /** Of rows that do not say it. */
  readonly inputSizePx?: number;
  readonly measuredBy?: string;
  readonly source?: string;
  readonly licence?: string;
  /** The name of the one run of the dataset. */
  readonly run?: string;
}

/** What a trial consists of where others measured it. */
export interface ImportedTrials {
  readonly trials: readonly TrialRow[];
  readonly summaries: readonly SummaryRow[];
  readonly notes: readonly string[];
}

/** The one run of what has no files, as a published curve. */
const RUN = "imported";

/** Rows as trials with their summaries, the trials of a cell numbered from 1. */
export function trialsOfSummaries(given: readonly ImportedRow[], from: ImportedFrom, repeated = 0): ImportedTrials {
  const { rows, notes: falling } = withRisingPercentiles(given);
  const measured = rows.filter(({ outOfMemory }) => !outOfMemory);
  const { latencies, notes } = summarise(measured);
  const numberOf = numbering();
  const trials = new Map(rows.map((row) => [row, trialOf(row, numberOf(row), from)]));
  return {
    trials: [...trials.values()],
    summaries: measured.flatMap((row, index) => {
      const [latency, trial] = [latencies[index], trials.get(row)];
      if (latency === undefined || trial === undefined) return [];
      const { meanMs, p50Ms, p90Ms, p95Ms, p99Ms, imagesPerS, powerW, idlePowerW } = row;
      return [
        { trialId: trial.trialId, ...latency, meanMs, p50Ms, p90Ms, p95Ms, p99Ms, imagesPerS, powerW, idlePowerW },
      ];
    }),
    notes: [
      ...falling,
      ...notes,
      ...(repeated > 0 ? [`${counted(repeated, "row")} that repeat another one to the last digit left out`] : []),
    ],
  };
}

type Place = Pick<ImportedRow, "inputSizePx" | "miniBatchSize">;

function numbering(): (row: Place) => number {
  const counts = new Map<string, number>();
  return ({ inputSizePx, miniBatchSize }) => {
    const cell = `${inputSizePx} ${miniBatchSize}`;
    const number = (counts.get(cell) ?? 0) + 1;
    counts.set(cell, number);
    return number;
  };
}

/** The device as datasets record it. */
export function recordedDevice({ provider = "unknown", threads }: ImportedFrom): RecordedDevice {
  return { provider, ...(threads !== undefined && { threads }), concurrent: 1 };
}

/** The name of a trial, as a sweep would name it. */
export function trialIdOf({ inputSizePx, miniBatchSize }: Place, trial: number, from: ImportedFrom): string {
  return `${deviceName(recordedDevice(from))}-${inputSizePx ?? from.inputSizePx}px-${miniBatchSize}mb-${trial}`;
}

/** A trial of which only a row is known. */
export function trialOf(row: ImportedRow, trial: number, from: ImportedFrom): TrialRow {
  const { miniBatchSize, p50Ms, warmupMs, loadMs, peakMemoryMib, outOfMemory } = row;
  const inputSizePx = row.inputSizePx ?? from.inputSizePx ?? Number.NaN;
  const { provider, threads, concurrent } = recordedDevice(from);
  return {
    trialId: trialIdOf(row, trial, from),
    runId: from.run ?? RUN,
    host: createHash("sha256")
      .update(`${from.device}\n${from.measuredBy ?? ""}`)
      .digest("hex")
      .slice(0, 12),
    model: from.model,
    ...{ provider, threads, concurrent, inputSizePx, miniBatchSize, trial },
    startedAt: undefined,
    loadMs,
    firstInferenceMs: warmupMs,
    steadyMedianMs: p50Ms,
    ...{ steadyMadMs: undefined, inferences: undefined, stoppedBy: undefined, relativeHalfWidth: undefined },
    peakMemoryMib,
    ...{ idleMemoryMib: undefined, devicePeakMemoryMib: undefined },
    status: outOfMemory ? "out_of_memory" : "ok",
    detail: outOfMemory ? "ran out of memory, as who measured it says" : undefined,
    cautions: undefined,
  };
}

/** What a sweep would say of a device and these measurements do not. */
export function unknownOf(
  trials: readonly TrialRow[],
  { provider = "unknown" }: Pick<ImportedFrom, "provider">,
): string[] {
  const lacks = (key: keyof TrialRow) =>
    trials.every(({ status, [key]: value }) => status !== "ok" || value === undefined);
  const isRepeated = trials.some(({ trial }) => trial > 1);
  return [
    ...(lacks("firstInferenceMs") ? ["warm-up"] : []),
    ...(lacks("loadMs") ? ["load time"] : []),
    ...(lacks("peakMemoryMib") ? ["memory"] : []),
    "hardware features",
    ...(isRepeated ? [] : ["noise between processes"]),
    ...(provider === "unknown" ? ["execution provider"] : []),
  ];
}
