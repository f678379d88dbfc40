import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { readPlanDevices } from "../../pipeline/plan-devices.js";
import { finishIntervals } from "../../pipeline/plan-intervals.js";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { solvePlan } from "../../src/plan/plan.js";

const FLAGS = { devices: "1", size: "384", maxUses: "1000000", latency: "median" };
/** Three mini-batch sizes, three trials each, a cliff at the largest: published in tphakala/rust-birdnet-onnx#12. */
const THREE_CELLS = join(PACKAGE_ROOT, "test", "fixtures", "three-cells");
const REFERENCE = join(PACKAGE_ROOT, "data", "reference-cpu");

const few = readPlanDevices(THREE_CELLS, FLAGS, ["images"]);
const many = readPlanDevices(REFERENCE, FLAGS, ["images"]);

test("devices say in one line each where only measured mini-batch sizes are used", () => {
  assert.equal(few.notes.length, 2);
  assert.match(few.notes[0] ?? "", /^cuda-1t, .* only measured mini-batch sizes are used between 192 and 256$/);
  assert.match(few.notes[1] ?? "", /^cuda-1t, warm-up at 384 px: below the latency at .*, where the latency stands in/);
  assert.deepEqual(readPlanDevices(REFERENCE, { ...FLAGS, size: "288" }, ["images"]).notes.length, 0);
});

test("a confidence that the trials do not support is refused by its option's name", () => {
  const upper = (confidence: number) => ({ kind: "upper", confidence }) as const;
  assert.throws(
    () => few.types(upper(0.95), "loaded"),
    /^UserError: --confidence 0.95: allowed up to 0.9 from 9 trials$/,
  );
  assert.throws(
    () => many.types(upper(0.99999), "loaded"),
    /--confidence 0.99999: allowed up to 0.996 from 265 trials/,
  );
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
    const intervals = finishIntervals(outcome, devices, ["images"], "loaded");
    assert.equal(intervals !== undefined, known);
    for (const { lowMs, highMs } of intervals ?? [])
      assert.ok(lowMs < 60_000 && highMs > 60_000, `${lowMs}, ${highMs}`);
  }
});
