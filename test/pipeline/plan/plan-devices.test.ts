import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readFleet } from "../../../pipeline/plan/plan-devices.js";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { readPart } from "../../../src/dataset/part-file.js";
import { trialsTable } from "../../../src/dataset/tables.js";
import { finishIntervals } from "../../../src/fleet/finish-intervals.js";
import { solvePlan } from "../../../src/plan/plan.js";

const FLAGS = { devices: "1", size: "384", maxUses: "1000000", latency: "median" };
/** Three mini-batch sizes, three trials each, a cliff at the largest: published in tphakala/rust-birdnet-onnx#12. */
const THREE_CELLS = join(PACKAGE_ROOT, "test", "fixtures", "three-cells");
const REFERENCE = join(PACKAGE_ROOT, "data", "reference-cpu");

const few = readFleet(THREE_CELLS, FLAGS, ["images"]);
const many = readFleet(REFERENCE, FLAGS, ["images"]);

test("devices say where their times are known no better than repeated processes agree", () => {
  // The noise floors of 64 px are those of the notebook on latency: 17.4 and 16.6 %.
  const { notes } = readFleet(REFERENCE, { ...FLAGS, size: "64" }, ["images"]);
  assert.match(
    notes[0] ?? "",
    /^cpu-2t: at 64 px repeated processes differ by 17\.4 % \(latency\) and 16\.6 % \(warm-up\): .* a quieter machine/,
  );
  assert.ok(many.notes.every((note) => !note.includes("repeated processes")));
});

test("devices say in one line each where only measured mini-batch sizes are used", () => {
  assert.equal(few.notes.length, 2);
  assert.match(few.notes[0] ?? "", /^cuda-1t, .* only measured mini-batch sizes are used between 192 and 256$/);
  assert.match(few.notes[1] ?? "", /^cuda-1t, warm-up at 384 px: below the latency at .*, where the latency stands in/);
  const [steps, ...more] = readFleet(REFERENCE, { ...FLAGS, size: "288" }, ["images"]).notes;
  assert.match(steps ?? "", /^cpu-2t, at 320 px only .* they would not show a device that pads to a power of two/);
  assert.deepEqual(more, []);
});

test("a confidence that the trials do not support is refused with the largest that they do", () => {
  const upper = (confidence: number) => ({ kind: "upper", confidence }) as const;
  assert.throws(
    () => few.types(upper(0.95), "loaded"),
    /^UserError: confidence 0.95: allowed up to 0.9 from 9 trials$/,
  );
  assert.throws(() => many.types(upper(0.99999), "loaded"), /confidence 0.99999: allowed up to 0.996 from 265 trials/);
  const sizes = few.types(upper(0.9), "loaded")[0]?.choices[0]?.map(({ miniBatchSize }) => miniBatchSize);
  assert.deepEqual(sizes, [192, 224, 256]);
});

test("a finish has a 90 % interval where there are trials enough for it, and none where there are not", async () => {
  for (const [devices, known] of [
    [few, false],
    [many, true],
  ] as const) {
    const outcome = await solvePlan({
      types: devices.types({ kind: "typical" }, "loaded"),
      workloads: [{ name: "images", images: 0 }],
      timeUs: 60_000_000,
      objective: "images",
    });
    const intervals = finishIntervals(outcome, devices, "loaded");
    assert.equal(intervals !== undefined, known);
    for (const interval of intervals ?? []) {
      assert.ok(interval !== undefined && interval.lowMs < 60_000 && interval.highMs > 60_000);
    }
  }
});

test("a finish's interval takes all mini-batches at the 5 % and all at the 95 % quantile", async () => {
  const outcome = await solvePlan({
    types: many.types({ kind: "typical" }, "loaded"),
    workloads: [{ name: "images", images: 24 }],
    timeUs: 60_000_000,
    objective: "devices",
    miniBatchSize: 8,
  });
  const [lowMs, highMs] = [0.05, 0.95].map((share) => {
    const [table] = many.types({ kind: "quantile", share }, "loaded")[0]?.choices ?? [];
    const { warmupUs = 0, latencyUs = 0 } = table?.find(({ miniBatchSize }) => miniBatchSize === 8) ?? {};
    return (warmupUs + 2 * latencyUs) / 1000;
  });
  assert.ok((lowMs ?? 0) > 0 && (lowMs ?? 0) < (highMs ?? 0));
  assert.deepEqual(finishIntervals(outcome, many, "loaded"), [{ lowMs, highMs }]);
});

test("a plan with a shorter last mini-batch has no interval", async () => {
  const outcome = await solvePlan({
    types: many.types({ kind: "typical" }, "loaded"),
    workloads: [{ name: "images", images: 9 }],
    timeUs: 60_000_000,
    objective: "devices",
    miniBatchSize: 8,
    shorterLast: true,
  });
  assert.ok(outcome.status !== "infeasible" && outcome.devices[0]?.lastMiniBatchSize === 1);
  assert.equal(finishIntervals(outcome, many, "loaded"), undefined);
  const { lastMiniBatchSize: _, ...whole } = outcome.devices[0];
  const mixed = { ...outcome, devices: [whole, outcome.devices[0]] };
  assert.equal(finishIntervals(mixed, many, "loaded"), undefined, "not even for the devices without one");
});

test("what is said of a number of devices is refused beside a device file, and a size that none would use", () => {
  const folder = mkdtempSync(join(tmpdir(), "batchwise-plan-devices-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "devices.json");
  const given = { name: "d", count: 1, latency_ms: { 1: 1 }, warmup_ms: { 1: 1 } };
  writeFileSync(file, JSON.stringify({ devices: [given] }));
  const read = (flags: object, dataset?: string) =>
    readFleet(dataset, { devices: file, latency: "median", ...flags }, ["images"]);
  assert.equal(read({}).measured, false);
  for (const [flags, dataset, named] of [
    [{}, REFERENCE, REFERENCE],
    [{ maxUses: "5" }, undefined, "--max-uses"],
    [{ provider: "cpu" }, undefined, "--provider"],
    [{ threads: "2" }, undefined, "--threads"],
    [{ concurrent: "1" }, undefined, "--concurrent"],
  ] as const) {
    const message = `${named}: not used beside the device file ${file}, which says it for each device`;
    assert.throws(() => read(flags, dataset), { name: "UserError", message });
  }
  assert.throws(() => read({ size: "224" }), /--size 224: no device of .* uses it/);
  assert.throws(() => read({ devices: "2" }), /--devices 2: needs the dataset's folder/);
  assert.throws(() => read({ devices: "1000001" }, REFERENCE), /allowed are whole numbers from 1 to 1000000$/);
});

test("the measurements of another configuration are refused with those that there are", () => {
  for (const [flags, message] of [
    [{ threads: "3" }, /nothing was measured with 3 threads, it has cpu-2t$/],
    [{ provider: "cuda" }, /nothing was measured with cuda, it has cpu-2t$/],
    [{ concurrent: "2" }, /nothing was measured with 2 devices side by side, it has cpu-2t$/],
  ] as const) {
    assert.throws(() => readFleet(REFERENCE, { ...FLAGS, ...flags }, ["images"]), message);
  }
});

test("a first mini-batch never counts as faster than a later one, with the mean of the latencies neither", () => {
  for (const latency of ["median", "mean"]) {
    const [type] = readFleet(THREE_CELLS, { ...FLAGS, latency }, ["images"]).types({ kind: "typical" }, "loaded");
    const choices = type?.choices[0] ?? [];
    assert.ok(choices.length > 0);
    for (const { warmupUs, latencyUs } of choices) assert.ok(warmupUs >= latencyUs, `${warmupUs}, ${latencyUs}`);
  }
});

test("the first mini-batch of a typical device is about the median of its cell's first inferences", () => {
  const firstMs = readPart(REFERENCE, trialsTable)
    .filter(({ inputSizePx, miniBatchSize }) => inputSizePx === 224 && miniBatchSize === 8)
    .map(({ firstInferenceMs = 0 }) => firstInferenceMs)
    .sort((a, b) => a - b);
  const [table] =
    readFleet(REFERENCE, { ...FLAGS, size: "224" }, ["images"]).types({ kind: "typical" }, "loaded")[0]?.choices ?? [];
  const warmupUs = table?.find(({ miniBatchSize }) => miniBatchSize === 8)?.warmupUs;
  assert.equal(firstMs.length, 5);
  assert.ok(Math.abs((warmupUs ?? 0) / 1000 / (firstMs[2] ?? 0) - 1) < 0.1, `${warmupUs} µs beside ${firstMs[2]} ms`);
});

test("a device file may cap the mini-batch size of a dataset's device, not raise it", () => {
  const folder = mkdtempSync(join(tmpdir(), "batchwise-plan-devices-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const largest = (own: object) => {
    const file = join(folder, "devices.json");
    writeFileSync(file, JSON.stringify({ devices: [{ name: "d", count: 1, dataset: REFERENCE, ...own }] }));
    const [type] = readFleet(undefined, { devices: file, latency: "median" }, ["images"]).types(
      { kind: "typical" },
      "loaded",
    );
    return Math.max(...(type?.choices[0] ?? []).map(({ miniBatchSize }) => miniBatchSize));
  };
  const measured = largest({});
  assert.ok(measured > 4);
  assert.deepEqual([largest({ max_mini_batch_size: 4 }), largest({ max_mini_batch_size: 4096 })], [4, measured]);
});
