import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { TrialRow } from "../../src/dataset/tables.js";
import { functionsAtSize } from "../../src/fit/device-functions.js";
import { fitDataset, fitDevice } from "../../src/fit/fit-dataset.js";
import { linearForm, MINI_BATCH_SQUARED } from "../../src/fit/form.js";
import { perSize } from "../../src/fit/per-size.js";
import { writeTrials } from "../dataset/write-trials.js";
import { DEVICE, simulatedTrial, tableTrials } from "./simulated-device.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-fit-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const failed = (miniBatchSize: number, status: TrialRow["status"], trial = 9): TrialRow => ({
  ...simulatedTrial(224, miniBatchSize, Infinity, trial),
  status,
});

test("trials are fitted in whatever order they were measured, and only those that ended well", () => {
  // 2 + 5 mbs: by hand, with three trials a cell that scatter by a tenth.
  const law = Object.fromEntries([1, 2, 4, 8].map((size) => [size, 2 + 5 * size]));
  const trials = [...tableTrials(law, { scatter: [0.9, 1, 1.1] }), ...tableTrials({ 1: 3 }, { inputSizePx: 128 })];
  const wrong = [failed(2, "crashed"), failed(16, "timeout"), failed(32, "skipped")].map((trial) => ({
    ...trial,
    steadyMedianMs: 9999,
    firstInferenceMs: 9999,
  }));
  const exceeding = [failed(64, "out_of_memory"), failed(16, "out_of_memory"), failed(32, "out_of_memory")];
  const fit = fitDevice(DEVICE, 500, [...wrong, ...exceeding, ...trials.reverse()], () => []);
  assert.deepEqual(
    [...fit.measuredMiniBatches],
    [
      [128, [1]],
      [224, [1, 2, 4, 8]],
    ],
  );
  assert.deepEqual([...fit.outOfMemory], [[224, 16]]);
  assert.equal(fit.memoryLimitMib, 500);
  assert.equal(fit.latency.observations.length, 15);
  assert.ok(fit.latency.observations.every(({ value }) => value < 60));
  assert.deepEqual([...fit.latency.bySize.keys()], [224], "one cell of 128 px is no line");
  assert.ok(Math.abs((functionsAtSize(fit, 224).latencyMs(4) ?? 0) / 22 - 1) < 0.01);
});

test("loading counts by its median, its quantile or its worst, as the basis asks", () => {
  const trials = tableTrials({ 1: 7, 2: 12 }, { scatter: [0.98, 0.99, 1, 1.01, 1.02] });
  const loads = [500, 100, 300, 200, 400, 900, 600, 800, 700, 1000];
  const fit = fitDevice(
    DEVICE,
    undefined,
    trials.map((trial, index) => ({ ...trial, loadMs: loads[index] })),
    () => trials.map(({ trialId }) => ({ trialId, iteration: 0, latencyMs: 1 })),
  );
  const load = (basis: Parameters<typeof functionsAtSize>[2]) => functionsAtSize(fit, 224, basis).loadMs ?? Number.NaN;
  assert.equal(load({ kind: "typical" }), 550);
  assert.equal(load({ kind: "worst" }), 1000);
  // numpy.quantile: 0.85 of the way over nine gaps is at 7.65, between 800 and 900.
  assert.ok(Math.abs(load({ kind: "upper", confidence: 0.85 }) - 865) < 1e-9);
  assert.ok(Math.abs(load({ kind: "quantile", share: 0.15 }) - 235) < 1e-9);
  const none = fitDevice(
    DEVICE,
    undefined,
    trials.map((trial) => ({ ...trial, loadMs: undefined })),
    () => [],
  );
  assert.throws(() => functionsAtSize(none, 224), /^UserError: fit of cpu-1t: no trial of it loaded the model$/);
});

test("the worst is the longest inference of a cell over its trials, first and steady ones apart", () => {
  const trials = tableTrials({ 1: 10, 4: 30 }, { scatter: [1, 1] });
  const [one, other, four, fifth] = trials.map(({ trialId }) => trialId);
  const inference = (trialId: string | undefined, iteration: number, latencyMs: number) => ({
    trialId: trialId ?? "",
    iteration,
    latencyMs,
  });
  const fit = fitDevice(DEVICE, undefined, [...trials, failed(1, "crashed")], () => [
    inference(one, 0, 50),
    inference(one, 1, 12),
    inference(one, 2, 19),
    inference(other, 0, 70),
    inference(other, 1, 11),
    inference(four, 0, 60),
    inference(four, 1, 40),
    inference(fifth, 0, 20),
    inference(fifth, 1, 90),
    inference(failed(1, "crashed").trialId, 0, 10_000),
    inference(failed(1, "crashed").trialId, 1, 10_000),
  ]);
  assert.deepEqual(
    [...fit.worstObserved()],
    [
      ["224 1", { warmupMs: 70, latencyMs: 19 }],
      ["224 4", { warmupMs: 60, latencyMs: 90 }],
    ],
  );
  const { latencyMs, warmupMs } = functionsAtSize(fit, 224, { kind: "worst" });
  assert.deepEqual([1, 4, 5].map(latencyMs), [19, 90, undefined]);
  // A first inference is not faster than a later one: 60 where 90 was seen later.
  assert.deepEqual([1, 4, 5].map(warmupMs), [70, 90, undefined]);
});

test("the mean is that of a trial's inferences from the third on, and the median where they are not known", () => {
  const trials = [
    ...tableTrials({ 1: 10 }, { scatter: [1, 1, 1] }),
    ...tableTrials({ 1: 5 }, { scatter: [1], inputSizePx: 64 }),
    ...tableTrials({ 1: 20 }, { scatter: [1], inputSizePx: 96 }),
  ];
  const steady: Record<string, number[]> = {
    "224-1-1": [10, 10, 16],
    "224-1-2": [10, 10, 10],
    "224-1-3": [10, 20, 30],
    "64-1-1": [5, 15],
  };
  const fit = fitDevice(DEVICE, undefined, trials, () =>
    Object.entries(steady).flatMap(([trialId, times]) =>
      [1e6, ...times].map((latencyMs, iteration) => ({ trialId, iteration, latencyMs })),
    ),
  );
  assert.deepEqual(
    fit.meanLatency().observations.map(({ value }) => value),
    [13, 10, 25, 15, 20],
  );
  assert.equal(fit.latency.observations[2]?.value, 10, "the median stays");
});

test("memory is that of the device where it was sampled, else of the process", () => {
  const trials = tableTrials({ 1: 7, 2: 12, 4: 22 });
  const peaks = (onDevice: boolean) =>
    fitDevice(
      DEVICE,
      undefined,
      trials.map((trial) => ({
        ...trial,
        peakMemoryMib: 1000,
        devicePeakMemoryMib: onDevice ? 10 * trial.miniBatchSize : undefined,
      })),
      () => [],
    ).memory.observations.map(({ value }) => value);
  assert.deepEqual(peaks(false), new Array(9).fill(1000));
  assert.deepEqual(peaks(true), [10, 10, 10, 20, 20, 20, 40, 40, 40]);
});

test("what ran out of memory pulls the memory function up to its limit", () => {
  const trials = tableTrials({ 1: 7, 2: 12, 4: 22 }).map((trial) => ({
    ...trial,
    peakMemoryMib: 100 + 10 * trial.miniBatchSize,
  }));
  const exceeding = failed(8, "out_of_memory");
  const at8 = (limit: number | undefined) =>
    fitDevice(DEVICE, limit, [...trials, exceeding], () => [])
      .memory.at(224)
      .extrapolate(224, 8) ?? Number.NaN;
  assert.ok(Math.abs(at8(undefined) - 180) < 1e-6, "a machine's own memory bounds nothing");
  assert.ok(Math.abs(at8(170) - 180) < 1e-6, "a limit that the law exceeds by itself changes nothing");
  assert.ok(at8(250) > 200 && at8(250) <= 250, String(at8(250)));
  for (const form of ["quadratic in mbs, per size", "hinge in mbs"]) {
    const five = tableTrials({ 1: 7, 2: 12, 4: 22, 8: 42, 16: 82 });
    const { memory, latency } = fitDevice(DEVICE, 1e6, five, () => []);
    assert.ok(latency.candidates().some((candidate) => candidate.form === form));
    assert.ok(!memory.candidates().some((candidate) => candidate.form === form), `${form} need not grow`);
  }
});

test("each device of a dataset is fitted to its own trials and inferences", async () => {
  const of = (threads: number, scale: number) =>
    tableTrials(Object.fromEntries([1, 2, 4].map((size) => [size, scale * (2 + 5 * size)])), { scatter: [1] }).map(
      (trial) => ({ ...trial, threads, trialId: `${threads}t-${trial.trialId}` }),
    );
  await writeTrials(join(folder, "two"), {
    trials: [...of(2, 1), ...of(1, 3)],
    devices: [
      { provider: "cpu", threads: 1 },
      { provider: "cpu", threads: 2 },
    ],
    memoryLimitMib: 700,
    inferencesOf: ({ steadyMedianMs = 0 }) => [
      { iteration: 0, latencyMs: 4 * steadyMedianMs },
      { iteration: 1, latencyMs: 2 * steadyMedianMs },
    ],
  });
  const [one, two, ...others] = fitDataset(join(folder, "two"));
  assert.equal(others.length, 0);
  assert.deepEqual([one?.device.threads, two?.device.threads], [1, 2]);
  assert.deepEqual([one?.memoryLimitMib, two?.memoryLimitMib], [700, 700]);
  assert.ok(Math.abs((one?.latency.chosen.predict(224, 3) ?? 0) - 51) < 1e-6);
  assert.ok(Math.abs((two?.latency.chosen.predict(224, 3) ?? 0) - 17) < 1e-6);
  assert.deepEqual(one?.worstObserved().get("224 2"), { warmupMs: 144, latencyMs: 72 });
  assert.deepEqual(
    two?.meanLatency().observations.map(({ value }) => value),
    two?.latency.observations.map(({ value }) => 2 * value),
  );
  assert.throws(
    () => fitDevice(DEVICE, undefined, [failed(1, "crashed")], () => []),
    /^UserError: fit of cpu-1t: no trial of it ended well$/,
  );
});

test("the candidate forms can be given, of all quantities or of one", async () => {
  const dataset = join(folder, "forms");
  await writeTrials(dataset, {
    trials: tableTrials(Object.fromEntries([1, 2, 4, 8].map((size) => [size, 2 + size ** 2]))),
  });
  const through = perSize(linearForm("through zero", [MINI_BATCH_SQUARED]));
  const [all] = fitDataset(dataset, { forms: [through] });
  const [latencyAlone] = fitDataset(dataset, { forms: [through], quantity: "latency" });
  assert.deepEqual(
    [all, latencyAlone].map((fit) => [
      fit?.latency.chosen.form,
      fit?.warmup.chosen.form,
      fit?.meanLatency().chosen.form,
    ]),
    [
      ["through zero", "through zero", "through zero"],
      ["through zero", latencyAlone?.warmup.chosen.form, "through zero"],
    ],
  );
  assert.notEqual(latencyAlone?.warmup.chosen.form, "through zero");
  assert.deepEqual(
    all?.latency.candidates().map(({ form }) => form),
    ["through zero"],
  );
});
