import assert from "node:assert/strict";
import { test } from "node:test";
import { designSchema } from "../../src/design/design.js";
import type { TrialOutcome } from "../../src/measure/trial.js";
import { type MeasuredTrial, skippedRecord, trialRecord } from "../../src/measure/trial-record.js";

const DESIGN = designSchema.parse({ name: "record", input_sizes_px: [32], mini_batch_sizes: [4], images: "photos" });
const IDENTITY = { runId: "run-1", host: "h", model: "m" };
const PLANNED = {
  trialId: "t",
  trial: 2,
  cell: { inputSizePx: 32, miniBatchSize: 4, device: { provider: "cpu", threads: 3, concurrent: 2 } },
} as const;
const STARTED = "2026-11-24T00:00:00Z";
const IDENTITY_COLUMNS = {
  ...{ trialId: "t", runId: "run-1", host: "h", model: "m", provider: "cpu", threads: 3, concurrent: 2 },
  ...{ inputSizePx: 32, miniBatchSize: 4, trial: 2, startedAt: STARTED },
};

const DONE = {
  event: "done",
  stoppedBy: "interval",
  relativeHalfWidth: 0.008,
  finiteOutputs: true,
  idleMemoryMib: 50,
  peakMemoryMib: 90,
} as const;
const OUTCOME: TrialOutcome = {
  status: "ok",
  phases: [
    { phase: "idle", atMs: 1000 },
    { phase: "load", atMs: 1100 },
    { phase: "first", atMs: 1200 },
    { phase: "steady", atMs: 1300 },
  ],
  inferences: [
    { startedAtMs: 1201, latencyMs: 60 },
    { startedAtMs: 1301, latencyMs: 9 },
    { startedAtMs: 1311, latencyMs: 11 },
    { startedAtMs: 1323, latencyMs: 14 },
    { startedAtMs: 1340, latencyMs: 10 },
  ],
  probes: [],
  prepared: { event: "prepared", decodeMs: 1, resizeMs: 2, tensorMs: 3 },
  loadMs: 70,
  done: DONE,
  seenMemoryMib: 80,
};

function record(more: Partial<TrialOutcome> = {}, design: object = {}, hardwareCautions: string[] = []) {
  return recordOf({ design: { ...DESIGN, ...design }, outcome: { ...OUTCOME, ...more }, cautions: hardwareCautions });
}

function recordOf(trial: Partial<MeasuredTrial>) {
  const all = { design: DESIGN, planned: PLANNED, startedAt: STARTED, outcome: OUTCOME, samples: [], cautions: [] };
  const pulse = { pulseBeforeMs: undefined, pulseAfterMs: undefined, touchUsPerPage: undefined };
  return trialRecord(IDENTITY, { ...all, pulse, ...trial });
}

test("a trial's row holds its first inference, the median and deviation of the steady ones, and its memory", () => {
  assert.deepEqual(record({ seenDeviceMemoryMib: 700 }).trial, {
    ...IDENTITY_COLUMNS,
    loadMs: 70,
    firstInferenceMs: 60,
    steadyMedianMs: 10.5, // of 9, 10, 11, 14
    steadyMadMs: 1, // of 1.5, 0.5, 0.5, 3.5
    inferences: 5,
    stoppedBy: "interval",
    relativeHalfWidth: 0.008,
    peakMemoryMib: 90,
    idleMemoryMib: 50,
    devicePeakMemoryMib: 700,
    status: "ok",
    detail: undefined,
    cautions: undefined,
  });
});

test("every inference is a row with its start since the idle phase began", () => {
  assert.deepEqual(record().inferences, [
    { trialId: "t", iteration: 0, startedMs: 201, latencyMs: 60 },
    { trialId: "t", iteration: 1, startedMs: 301, latencyMs: 9 },
    { trialId: "t", iteration: 2, startedMs: 311, latencyMs: 11 },
    { trialId: "t", iteration: 3, startedMs: 323, latencyMs: 14 },
    { trialId: "t", iteration: 4, startedMs: 340, latencyMs: 10 },
  ]);
});

test("the mini-batch that was prepared is a row, with where its images come from", () => {
  const row = { trialId: "t", images: 4, source: "folder", decodeMs: 1, resizeMs: 2, tensorMs: 3 };
  assert.deepEqual(record().images, [row]);
  const { images, ...dummy } = DESIGN;
  assert.equal(images, "photos");
  const dummies = recordOf({ design: dummy });
  assert.deepEqual(dummies.images, [{ ...row, source: "dummy" }]);
});

test("a trial that failed keeps what was measured before, and what was not measured is missing", () => {
  const { prepared, loadMs, done, ...told } = OUTCOME;
  assert.ok(prepared && loadMs && done);
  const nothing = { ...told, phases: [], inferences: [], seenMemoryMib: 0 };
  const failed = { status: "timeout", detail: "longer than 5 ms" } as const;
  const early = recordOf({ outcome: { ...nothing, ...failed } });
  assert.deepEqual([early.inferences, early.images, early.hardware], [[], [], []]);
  assert.deepEqual(
    Object.entries(early.trial).filter(([column, value]) => !(column in IDENTITY_COLUMNS) && value !== undefined),
    [
      ["inferences", 0],
      ["status", "timeout"],
      ["detail", "longer than 5 ms"],
    ],
  );
  const inferences = OUTCOME.inferences.slice(0, 1);
  const oom = { ...told, inferences, status: "out_of_memory", detail: "d", seenMemoryMib: 300 } as const;
  const { trial } = recordOf({ outcome: oom });
  assert.deepEqual(
    [trial.firstInferenceMs, trial.steadyMedianMs, trial.steadyMadMs, trial.inferences, trial.peakMemoryMib],
    [60, undefined, undefined, 1, 300],
    "memory that was seen from outside stands for what the trial could not tell",
  );
});

test("one steady inference has a median and no deviation from it", () => {
  const { steadyMedianMs, steadyMadMs } = record({ inferences: OUTCOME.inferences.slice(0, 2) }).trial;
  assert.deepEqual([steadyMedianMs, steadyMadMs], [9, 0]);
});

test("a half width that is not finite is missing", () => {
  assert.equal(
    record({ done: { ...DONE, relativeHalfWidth: null as unknown as number } }).trial.relativeHalfWidth,
    undefined,
  );
});

test("a median that is not known well enough and outputs that are not finite are cautions, after them the hardware's", () => {
  const unstable = "unstable: median known within 9.6 % only, raise max_steady_ms or quiet the machine";
  const notFinite = "outputs not finite: the model overflows at this size, check its weights";
  const cautions = (done: object, more: Partial<TrialOutcome> = {}, hardware: string[] = []) =>
    record({ done: { ...DONE, ...done }, ...more }, {}, hardware).trial.cautions;
  assert.equal(cautions({ relativeHalfWidth: 0.01 }), undefined, "just what the design asks for");
  assert.equal(cautions({ relativeHalfWidth: 0.096 }), unstable);
  assert.equal(cautions({ finiteOutputs: false }), notFinite);
  assert.equal(
    cautions({ relativeHalfWidth: 0.096, finiteOutputs: false }, {}, ["hot", "busy"]),
    `${unstable}; ${notFinite}; hot; busy`,
  );
  assert.equal(cautions({ relativeHalfWidth: 0.096 }, { status: "crashed" }), undefined);
  assert.equal(cautions({}, { status: "crashed" }, ["hot"]), "hot");
});

test("a sample belongs to the phase that it was taken in, and one from before the first is left out", () => {
  const at = (atMs: number) => ({ instrument: "sampler", atMs, values: { "g/a": atMs, "g/b": undefined } }) as const;
  const samples = [at(999), at(1000), at(1099.5), at(1100), at(1250), at(5000)];
  const { hardware } = recordOf({ samples });
  assert.deepEqual(
    hardware.map(({ trialId, instrument, phase, elapsedMs, ...values }) => [phase, elapsedMs, values["g/a"]]),
    [
      ["idle", 0, 1000],
      ["idle", 99.5, 1099.5],
      ["load", 100, 1100],
      ["first", 250, 1250],
      ["steady", 4000, 5000],
    ],
  );
  assert.deepEqual([hardware[0]?.trialId, hardware[0]?.instrument], ["t", "sampler"]);
});

test("a trial that was skipped is a row with the reason and nothing else", () => {
  const { trial, inferences, images, hardware } = skippedRecord(IDENTITY, PLANNED, { startedAt: STARTED }, "too large");
  assert.deepEqual(Object.fromEntries(Object.entries(trial).filter(([, value]) => value !== undefined)), {
    ...IDENTITY_COLUMNS,
    status: "skipped",
    detail: "too large",
  });
  assert.deepEqual([inferences, images, hardware], [[], [], []]);
});
