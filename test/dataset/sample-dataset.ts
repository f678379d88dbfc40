import type { Provenance } from "../../src/dataset/data-package.js";
import type { TrialRecord } from "../../src/dataset/dataset-writer.js";
import { columnsOf } from "../../src/dataset/table.js";
import { type TrialRow, trialsTable } from "../../src/dataset/tables.js";
import { designSchema } from "../../src/design/design.js";
import { featureGroup } from "../../src/hardware/reading/feature-group.js";

export const FREE = featureGroup("g", "machine", "test").gauge("free_kib", "KiB", "", "A gauge.");

/** The provenance of a small dataset with one feature. */
export function sampleProvenance(): Provenance {
  return {
    design: designSchema.parse({
      name: "sample",
      input_sizes_px: [32],
      mini_batch_sizes: [1, 2],
      devices: [{ threads: 1 }],
    }),
    model: { name: "m", sha256: "", bytes: 1, parameters: 10, sizes: [] },
    machine: {},
    versions: {},
    features: [FREE],
    unavailable_features: [],
    runs: [{ run_id: "run-1", started_at: "2026-11-24T00:00:00Z" }],
  };
}

const EMPTY_ROW = Object.fromEntries(columnsOf(trialsTable).map(([column]) => [column, undefined]));

/** A row of trials in which nothing was measured but what is given. */
export function sampleTrial(trialId: string, more: Partial<TrialRow> = {}): TrialRow {
  const identity = { trialId, runId: "run-1", host: "h", model: "m", provider: "cpu", threads: 1, concurrent: 1 };
  const cell = { inputSizePx: 32, miniBatchSize: 1, trial: 1, startedAt: "2026-11-24T00:00:00Z", status: "ok" };
  return { ...EMPTY_ROW, ...identity, ...cell, ...more } as TrialRow;
}

/** What a trial of two inferences adds to a dataset. */
export function sampleRecord(trialId: string, more: Partial<TrialRow> = {}): TrialRecord {
  return {
    trial: sampleTrial(trialId, { inferences: 2, firstInferenceMs: 8.5, steadyMedianMs: 4.25, ...more }),
    inferences: [
      { trialId, iteration: 0, startedMs: 10, latencyMs: 8.5 },
      { trialId, iteration: 1, startedMs: 18.5, latencyMs: 4.25 },
    ],
    images: [{ trialId, images: 1, source: "dummy", decodeMs: 1, resizeMs: 0, tensorMs: 0.5 }],
    pulses: [{ trialId, pulseBeforeMs: 3.5, pulseAfterMs: 3.75, touchUsPerPage: 2.5 }],
    hardware: [{ trialId, instrument: "sampler", phase: "idle", elapsedMs: 0, [FREE.name]: 1000 }],
  };
}
