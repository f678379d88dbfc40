import assert from "node:assert/strict";
import { test } from "node:test";
import { leastForMostImages } from "../../../src/plan/explore/least-for-most-images.js";
import { solvePlan } from "../../../src/plan/plan.js";
import { type DeviceFunctions, deviceType, type Start } from "../../../src/plan/question/device-type.js";
import type { PlanProblem } from "../../../src/plan/question/plan-problem.js";

/**
 * Energies are known of mini-batches of 1 and 4, that of a first one only of 1. The quickest mini-batch, 8, has none.
 */
function type(start: Start) {
  const warmup: Record<number, number> = { 1: 5 };
  const steady: Record<number, number> = { 1: 2, 4: 4 };
  const functions: DeviceFunctions = {
    name: "d",
    count: 1,
    maxMiniBatchSize: 8,
    miniBatchSizes: [1, 4, 8],
    latencyMs: () => 100,
    warmupMs: () => 100,
    energyPerMiniBatchJ: (size) => steady[size],
    warmupEnergyJ: (size) => warmup[size],
  };
  return deviceType(functions, start);
}

function asking(start: Start, objective: "energy" | "images"): PlanProblem {
  const images = objective === "energy" ? 8 : 0;
  return { types: [type(start)], workloads: [{ name: "images", images }], timeUs: 1_000_000, objective };
}

test("a device that starts warm needs no energy of its first mini-batch", async () => {
  const warm = await solvePlan(asking("warm", "energy"));
  assert.ok(warm.status === "optimal");
  assert.deepEqual([warm.devices[0]?.miniBatchSize, warm.energyJ], [4, 8]); // two mini-batches of 4, 4 J each
  const loaded = await solvePlan(asking("loaded", "energy"));
  assert.ok(loaded.status === "optimal");
  assert.deepEqual([loaded.devices[0]?.miniBatchSize, loaded.energyJ], [1, 19]); // 5 J and seven times 2 J
});

test("a relaxed plan of least energy has the most images of the sizes whose energy is known", async () => {
  const { outcome, problem } = await leastForMostImages({ ...asking("loaded", "images"), objective: "energy" }, {});
  assert.deepEqual(problem.workloads, [{ name: "images", images: 10 }]);
  assert.ok(outcome.status === "optimal");
  assert.deepEqual([outcome.images, outcome.energyJ], [10, 23]); // ten mini-batches of 1 in a second
  const most = await solvePlan(asking("loaded", "images"));
  assert.ok(most.status === "optimal");
  assert.equal(most.images, 80);
});

test("where no images are possible the least energy for most of them is infeasible, with the reason of most images", async () => {
  const asked = { ...asking("loaded", "images"), objective: "energy", timeUs: 1000 } as const;
  const { outcome, problem } = await leastForMostImages(asked, {});
  assert.ok(outcome.status === "infeasible");
  assert.match(outcome.reason, /^time: the fastest first inference takes /);
  assert.deepEqual(problem.workloads, [{ name: "images", images: 1 }], "a question about none has no answer");
});

test("the power of a first mini-batch is its own, whatever load stands before it", async () => {
  const functions: DeviceFunctions = {
    name: "d",
    count: 1,
    maxMiniBatchSize: 1,
    latencyMs: () => 10,
    warmupMs: () => 10,
    loadMs: 90,
    idleW: 1,
    energyPerMiniBatchJ: () => 0.1,
    warmupEnergyJ: () => 1,
  };
  // One joule in 10 ms: 100 W, with a load of 90 ms at one watt before it or without.
  for (const start of ["loaded", "cold"] as const) {
    const asking = (powerW: number): PlanProblem => ({
      types: [deviceType(functions, start)],
      workloads: [{ name: "images", images: 3 }],
      timeUs: 200_000,
      objective: "devices",
      caps: { powerW },
    });
    assert.equal((await solvePlan(asking(99.9))).status, "infeasible", start);
    assert.equal((await solvePlan(asking(100))).status, "optimal", start);
  }
});
