import assert from "node:assert/strict";
import { test } from "node:test";
import { solvePlan } from "../../src/plan/plan.js";
import { type DeviceFunctions, deviceType } from "../../src/plan/question/device-type.js";
import type { PlanProblem } from "../../src/plan/question/plan-problem.js";

/** Two mini-batch sizes with which a device classifies as many images in a time; all other values are the test's. */
function device(functions: Partial<DeviceFunctions>) {
  return deviceType({
    name: "d",
    count: 1,
    maxMiniBatchSize: 2,
    latencyMs: (size) => 10 * size,
    warmupMs: (size) => 10 * size,
    ...functions,
  });
}

function asking(types: PlanProblem["types"], images: number): PlanProblem {
  return { types, workloads: [{ name: "images", images }], timeUs: 1_000_000, objective: "devices" };
}

test("of equal plans the one with the least energy is taken, whichever mini-batch has it", async () => {
  for (const [cheaper, dearer] of [
    [1, 2],
    [2, 1],
  ] as const) {
    // 100 images: 100 mini-batches of one or 50 of two, both in exactly a second.
    const energyPerMiniBatchJ = (size: number) => size * (size === cheaper ? 3 : 4);
    const plan = await solvePlan(asking([device({ energyPerMiniBatchJ })], 100));
    assert.ok(plan.status === "optimal");
    assert.deepEqual([plan.devices[0]?.miniBatchSize, plan.energyJ, plan.finishUs], [cheaper, 300, 1_000_000]);
    assert.ok(dearer !== plan.devices[0]?.miniBatchSize);
  }
});

test("of several types, too, and a second device that would save energy is not taken", async () => {
  // One device of a is enough: 100 images one by one take 400 J, two by two 300 J. Half of them on b would take next to
  // none.
  const a = device({ energyPerMiniBatchJ: (size) => (size === 1 ? 4 : 6) });
  const slow = (size: number) => 20 * size;
  const b = device({ name: "b", latencyMs: slow, warmupMs: slow, energyPerMiniBatchJ: () => 0.01 });
  const plan = await solvePlan(asking([b, a], 100));
  assert.ok(plan.status === "optimal");
  assert.deepEqual([plan.devices.length, plan.devices[0]?.miniBatchSize, plan.energyJ], [1, 2, 300]);
});

test("energy never buys a later finish or another device", async () => {
  // Mini-batches of two take more energy and end earlier: 100 images in 900 ms.
  const functions = { latencyMs: (size: number) => (size === 1 ? 10 : 18), warmupMs: (size: number) => 9 * size };
  const plan = await solvePlan(asking([device({ ...functions, energyPerMiniBatchJ: (size) => size ** 3 })], 100));
  assert.ok(plan.status === "optimal");
  assert.deepEqual([plan.devices.length, plan.devices[0]?.miniBatchSize, plan.finishUs], [1, 2, 900_000]);
});

test("without energies the smaller mini-batch is taken of equal ones", async () => {
  const plan = await solvePlan(asking([device({})], 100));
  assert.ok(plan.status === "optimal");
  assert.equal(plan.devices[0]?.miniBatchSize, 1);
});

test("of devices that cost nothing those finish first that there are, with one mini-batch size, too", async () => {
  // Nine images on three devices: three mini-batches of one each in 30 ms, two of two in 20 ms. On one device nine of
  // one take 90 ms.
  const latencyMs = () => 10;
  const free = device({ count: 3, pricePerHour: 0, latencyMs, warmupMs: latencyMs });
  const plan = await solvePlan({ ...asking([free], 9), objective: "cost", maxSizes: 1 });
  assert.ok(plan.status === "optimal");
  assert.deepEqual([plan.finishUs, plan.devices.length, plan.cost, plan.earliestProven], [20_000, 3, 0, true]);
});
