import assert from "node:assert/strict";
import { test } from "node:test";
import { dealByGroups } from "../../../src/plan/answer/deal-images.js";
import { configurationsOf } from "../../../src/plan/question/configuration.js";
import { deviceType } from "../../../src/plan/question/device-type.js";
import type { PlanProblem } from "../../../src/plan/question/plan-problem.js";

/** Mini-batches of four in 10 ms, the first one in 30 ms. */
const TYPE = deviceType({
  name: "d",
  count: 3,
  maxMiniBatchSize: 4,
  miniBatchSizes: [4],
  latencyMs: () => 10,
  warmupMs: () => 30,
});

function dealt(images: number, devices: number, further: number) {
  const problem: PlanProblem = {
    types: [TYPE],
    workloads: [{ name: "images", images }],
    timeUs: 1_000_000,
    objective: "cost",
    billing: "busy",
  };
  const [configuration] = configurationsOf(problem);
  assert.ok(configuration !== undefined);
  return dealByGroups(problem, [{ configuration, devices, further }]).map((device) => [
    device.images,
    device.furtherMiniBatches,
    device.finishUs,
  ]);
}

test("further mini-batches are dealt evenly, and images beyond those asked for are taken from who finishes last", () => {
  // Three devices, five further mini-batches: 8 × 4 images.
  const full = [
    [12, 2, 50_000],
    [12, 2, 50_000],
    [8, 1, 40_000],
  ];
  assert.deepEqual(dealt(32, 3, 5), full);
  assert.deepEqual(dealt(31, 3, 5), [[11, 2, 50_000], ...full.slice(1)]);
  assert.deepEqual(dealt(30, 3, 5), [[10, 2, 50_000], ...full.slice(1)]);
});

test("a device whose images are all beyond those asked for is left out", () => {
  assert.deepEqual(dealt(24, 3, 5), [
    [12, 2, 50_000],
    [12, 2, 50_000],
  ]);
});
