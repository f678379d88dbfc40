import assert from "node:assert/strict";
import { test } from "node:test";
import type { InfeasiblePlan } from "../../src/plan/answer/plan-outcome.js";
import { solvePlan } from "../../src/plan/plan.js";
import { type DeviceFunctions, deviceType, forWorkloads } from "../../src/plan/question/device-type.js";
import type { PlanProblem } from "../../src/plan/question/plan-problem.js";

/** Two devices; a mini-batch of one image takes 10 ms, one of four 20 ms, a first one 100 ms more. */
function device(functions: Partial<DeviceFunctions> = {}) {
  return deviceType({
    name: "d",
    count: 2,
    maxMiniBatchSize: 4,
    miniBatchSizes: [1, 4],
    latencyMs: (size) => (size === 1 ? 10 : 20),
    warmupMs: (size) => (size === 1 ? 110 : 120),
    pricePerHour: 3.6,
    energyPerMiniBatchJ: () => 1,
    warmupEnergyJ: () => 1,
    ...functions,
  });
}

const ASKED: PlanProblem = {
  types: [device()],
  workloads: [{ name: "images", images: 100 }],
  timeUs: 320_000,
  objective: "devices",
};

async function infeasible(problem: PlanProblem): Promise<InfeasiblePlan> {
  const outcome = await solvePlan(problem);
  assert.ok(outcome.status === "infeasible", "there is a plan");
  return outcome;
}

test("too little capacity: how many images there is time for, which time and how many devices would do", async () => {
  // In 320 ms a device runs 11 mini-batches of four: 44 images, 88 on both. 100 images are 13 mini-batches on one of
  // them.
  const { reason, mostImages, feasibleTimeUs, feasibleDevices } = await infeasible(ASKED);
  assert.equal(reason, "capacity: all devices together classify 88 images in 320 ms, 12 fewer than 100");
  assert.deepEqual([mostImages, feasibleTimeUs, feasibleDevices], [88, 360_000, { type: "d", count: 3 }]);
  assert.equal((await solvePlan({ ...ASKED, timeUs: 360_000 })).status, "optimal");
  assert.equal((await solvePlan({ ...ASKED, timeUs: 359_999 })).status, "infeasible");
  assert.equal((await solvePlan({ ...ASKED, types: [device({ count: 3 })] })).status, "optimal");
});

test("no time for a first mini-batch: by how much, of all workloads the one that it is", async () => {
  const early = await infeasible({ ...ASKED, timeUs: 109_999 });
  assert.equal(early.reason, "time: the fastest first inference takes 110 ms, 1 us more than 109.999 ms");
  assert.equal(early.mostImages, 0);
  const slow = device({ latencyMs: () => 50, warmupMs: () => 400 });
  const two: PlanProblem = {
    ...ASKED,
    types: [forWorkloads([device({ count: 8 }), slow])],
    workloads: [
      { name: "a", images: 4 },
      { name: "b", images: 4 },
    ],
  };
  assert.match((await infeasible(two)).reason, /^time: the fastest first inference of b takes 400 ms, 80 ms more/);
});

test("a time for the most images in which not one is classified says by how much", async () => {
  const { status, reason, feasibleTimeUs } = (await solvePlan({
    ...ASKED,
    workloads: [{ name: "images", images: 0 }],
    timeUs: 50_000,
    objective: "images",
  })) as InfeasiblePlan;
  assert.deepEqual(
    [status, reason, feasibleTimeUs],
    ["infeasible", "time: the fastest first inference takes 110 ms, 60 ms more than 50 ms", 110_000],
  );
});

test("no mini-batch that fits, or none of the size that is asked for", async () => {
  const none = device({ miniBatchSizes: [] });
  const { reason, feasibleTimeUs } = await infeasible({ ...ASKED, types: [none] });
  assert.equal(reason, "memory: not even one image fits a device");
  assert.equal(feasibleTimeUs, undefined);
  const sized = await infeasible({ ...ASKED, miniBatchSize: 3 });
  assert.equal(sized.reason, "mini-batch size: no device runs 3 images at once");
});

test("workloads that fit one by one and not together", async () => {
  const both: PlanProblem = {
    ...ASKED,
    types: [forWorkloads([device(), device()])],
    workloads: [
      { name: "a", images: 50 },
      { name: "b", images: 50 },
    ],
  };
  const { reason, feasibleTimeUs } = await infeasible(both);
  assert.equal(reason, "capacity: the devices can serve each workload in 320 ms, but not all 2 of them");
  assert.equal(feasibleTimeUs, 360_000); // 13 mini-batches of four on each
});

test("a cap that is below the least names the least", async () => {
  // 80 images need both devices for 320 ms: 0.00064 at 3.6 an hour; 20 mini-batches at one joule.
  const eighty = { ...ASKED, workloads: [{ name: "images", images: 80 }] };
  const dear = await infeasible({ ...eighty, caps: { cost: 0.0006 } });
  assert.equal(dear.reason, "cost: the least is 0.00064, allowed are 0.0006");
  const hot = await infeasible({ ...eighty, caps: { energyJ: 19.5 } });
  assert.equal(hot.reason, "energy: the least is 20 J, allowed are 19.5 J");
  const near = await infeasible({ ...eighty, caps: { cost: 0.000_639_999_999 } });
  assert.equal(near.reason, "cost: the least is 0.00064, allowed are 0.000639999999");
  const none = await infeasible({ ...eighty, caps: { energyJ: 1e-300 } });
  assert.equal(none.reason, "energy: the least is 20 J, allowed are 1e-300 J");
});

test("devices paid until the deadline: the narrow time in which few of them cost little enough", async () => {
  // One device finishes after 600 ms and costs 0.001 a second; two after 360 ms, and cost more.
  const capped: PlanProblem = { ...ASKED, billing: "reserved", caps: { cost: 0.0006001 } };
  assert.equal((await infeasible(capped)).feasibleTimeUs, 600_000);
  const dear = device({ name: "dear", pricePerHour: 36, latencyMs: () => 10, warmupMs: () => 60 });
  assert.equal((await infeasible({ ...capped, types: [dear, device()] })).feasibleTimeUs, 600_000);
  assert.equal((await infeasible({ ...capped, caps: { cost: 0.0005999 } })).feasibleTimeUs, undefined);
});

test("of several caps the one that alone leaves no plan is named", async () => {
  const eighty = { ...ASKED, workloads: [{ name: "images", images: 80 }] };
  const weak = await infeasible({ ...eighty, caps: { cost: 1, powerW: 0.001 } });
  assert.equal(weak.reason, "power at most 0.001 W leaves no plan");
  // Without images that are asked for one device must run all the same.
  const any = await infeasible({
    ...ASKED,
    workloads: [{ name: "images", images: 0 }],
    objective: "images",
    caps: { cost: 1e-9 },
  });
  assert.equal(any.reason, "cost: the least is 0.00032, allowed are 1e-9");
});

test("of workloads only those with images are said to be too many", async () => {
  const one = device({ count: 1 });
  const types = [forWorkloads([one, one, one])];
  const workloads = [10, 10, 0].map((images, index) => ({ name: `w${index}`, images }));
  const { reason } = await infeasible({ ...ASKED, types, workloads, objective: "images" });
  assert.equal(reason, "capacity: the devices can serve each workload with images in 320 ms, but not all 2 of them");
});

test("too few mini-batch sizes: one with more sizes would do", async () => {
  // One device has memory for one image, the other one runs four or more only.
  const small = device({ name: "small", count: 1, miniBatchSizes: [1], maxMiniBatchSize: 1 });
  const large = device({ name: "large", count: 1, miniBatchSizes: [4] });
  const types = [small, large];
  // 22 and 44 images in 320 ms.
  const { reason } = await infeasible({ ...ASKED, types, workloads: [{ name: "images", images: 60 }], maxSizes: 1 });
  assert.equal(reason, "sizes: no plan with at most 1 mini-batch size does it in 320 ms, one with more sizes does");
});
