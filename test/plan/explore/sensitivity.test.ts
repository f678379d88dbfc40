import assert from "node:assert/strict";
import { test } from "node:test";
import { sensitivityOf } from "../../../src/plan/explore/sensitivity.js";
import { solvePlan } from "../../../src/plan/plan.js";
import { deviceType, forWorkloads } from "../../../src/plan/question/device-type.js";
import type { PlanProblem } from "../../../src/plan/question/plan-problem.js";

const TIME_US = 10_000_000;

/** A device of 10 images a second, after one second of warm-up. */
function device(count: number, workloads: number) {
  return forWorkloads(
    Array.from({ length: workloads }, () =>
      deviceType({
        name: "a",
        count,
        maxUses: 1000,
        maxMiniBatchSize: 1,
        latencyMs: () => 100,
        warmupMs: () => 1000,
        pricePerHour: 36,
        idleW: 10,
        energyPerMiniBatchJ: () => 5,
      }),
    ),
  );
}

async function sensitivityFor(problem: PlanProblem) {
  const plan = await solvePlan(problem);
  assert.ok(plan.status === "optimal");
  return sensitivityOf(problem, plan);
}

test("two workloads: fewer images of one of them save a device, more devices do not", async () => {
  // 91 images a device: the first workload needs its second device for nine images, the second one is far from that.
  const workloads = [
    { name: "x", images: 100 },
    { name: "y", images: 91 * 2 - 1 },
  ];
  const { binding, relaxations } = await sensitivityFor({
    types: [device(8, 2)],
    workloads,
    timeUs: TIME_US,
    objective: "devices",
  });
  assert.deepEqual(binding, ["deadline", "images"]);
  assert.deepEqual(
    relaxations.map(({ change, buys }) => `${change}: ${buys}`),
    ["10 % more time: devices 3 in place of 4", "10 % fewer images of x: devices 3 in place of 4"],
  );
});

test("a cap that binds says what a tenth more of it buys", async () => {
  // 50 W of a working device: two of four may run.
  const { binding, relaxations } = await sensitivityFor({
    types: [device(4, 1)],
    workloads: [{ name: "x", images: 0 }],
    timeUs: TIME_US,
    objective: "images",
    caps: { powerW: 149 },
  });
  assert.deepEqual(binding, ["deadline", "power"]);
  assert.deepEqual(
    relaxations.map(({ buys }) => buys),
    ["images 202 in place of 182", "images 273 in place of 182"],
  );
});

test("a cap that leaves no plan in time tells a time that would do", async () => {
  const problem: PlanProblem = {
    types: [device(4, 1)],
    workloads: [{ name: "x", images: 200 }],
    timeUs: TIME_US,
    objective: "devices",
    caps: { powerW: 149 },
  };
  const plan = await solvePlan(problem);
  assert.ok(plan.status === "infeasible" && plan.feasibleTimeUs !== undefined);
  assert.match(plan.reason, /^power at most 149 W leaves no plan$/);
  assert.ok(plan.feasibleTimeUs >= 10_900_000 && plan.feasibleTimeUs <= 10_911_000, `${plan.feasibleTimeUs}`);
  assert.equal((await solvePlan({ ...problem, timeUs: plan.feasibleTimeUs })).status, "optimal");
});

/** Devices that run mini-batches of four in 20 ms or of one in 10 ms, and a first one 100 ms slower. */
function lines(count: number, maxUses?: number) {
  return deviceType({
    name: "a",
    count,
    ...(maxUses !== undefined && { maxUses }),
    maxMiniBatchSize: 4,
    miniBatchSizes: [1, 4],
    latencyMs: (size) => (size === 1 ? 10 : 20),
    warmupMs: (size) => (size === 1 ? 110 : 120),
  });
}

test("fewest devices in closed form: the time that saves a device, and the images that the same devices fit", async () => {
  // 44 images a device in 320 ms. 100 images on two devices take 13 mini-batches of four: 360 ms.
  const { binding, relaxations } = await sensitivityFor({
    types: [lines(8)],
    workloads: [{ name: "x", images: 100 }],
    timeUs: 320_000,
    objective: "devices",
  });
  assert.deepEqual(binding, ["deadline", "memory"]);
  assert.deepEqual(relaxations, [
    { constraint: "deadline", change: "12.5 % more time (360 ms)", buys: "saves 1 device" },
    { constraint: "images", change: "32 more images", buys: "fit the same number of devices" },
  ]);
});

test("what binds a type that the plan doesn't use does not count", async () => {
  // Used devices are best one by one, the unused ones with the most that they hold.
  const unused = deviceType({
    name: "unused",
    count: 2,
    maxMiniBatchSize: 4,
    miniBatchSizes: [1, 4],
    latencyMs: (size) => (size === 1 ? 150 : 160),
    warmupMs: (size) => (size === 1 ? 150 : 160),
  });
  const used = deviceType({
    name: "used",
    count: 8,
    maxMiniBatchSize: 4,
    miniBatchSizes: [1, 4],
    latencyMs: (size) => (size === 1 ? 10 : 60),
    warmupMs: (size) => (size === 1 ? 10 : 60),
  });
  const workloads = [{ name: "x", images: 100 }];
  const asked = { workloads, timeUs: 320_000, objective: "devices" } as const;
  assert.deepEqual((await sensitivityFor({ ...asked, types: [used, unused] })).binding, ["deadline"]);
  const small = { ...asked, workloads: [{ name: "x", images: 10 }] };
  assert.deepEqual((await sensitivityFor({ ...small, types: [unused, { ...used, count: 1 }] })).binding, []);
  assert.deepEqual((await sensitivityFor({ ...small, types: [{ ...unused, count: 4 }] })).binding, [
    "deadline",
    "memory",
  ]);
});

test("one device can't be saved, and a limit of uses binds where it is reached", async () => {
  const { binding, relaxations } = await sensitivityFor({
    types: [lines(8, 2)],
    workloads: [{ name: "x", images: 10 }],
    timeUs: 320_000,
    objective: "devices",
  });
  assert.deepEqual(binding, ["memory", "uses"]);
  assert.deepEqual(relaxations, [
    { constraint: "images", change: "2 more images", buys: "fit the same number of devices" },
  ]);
});

test("most images in closed form: what one per cent of time and one more device buy", async () => {
  // 334 ms hold 11 mini-batches, 1 % more do not change that; of 338 ms 1 % more hold 12.
  const asking = (timeUs: number): PlanProblem => ({
    types: [lines(3)],
    workloads: [{ name: "x", images: 0 }],
    timeUs,
    objective: "images",
  });
  const one = { constraint: "devices", change: "one more a", buys: "44 more images" };
  // A twelfth mini-batch ends at 340 ms: 1 % after 336.6 ms, 2 % after 333.3 ms.
  const early = await sensitivityFor(asking(334_000));
  assert.deepEqual(early, { binding: ["memory", "devices"], relaxations: [one] });
  const late = await sensitivityFor(asking(338_000));
  assert.deepEqual(late.relaxations, [
    { constraint: "deadline", change: "1 % more time", buys: "12 more images" },
    one,
  ]);
});

test("a little more than plans count is left out, not refused", async () => {
  const { relaxations } = await sensitivityFor({
    types: [device(1, 1)],
    workloads: [{ name: "x", images: 91 }],
    timeUs: 1e15,
    objective: "cost",
    billing: "busy",
    caps: { cost: 1e15 },
  });
  assert.deepEqual(
    relaxations.map(({ change }) => change),
    ["10 % fewer images"],
  );
});

test("more time for the same images says how many devices it saves", async () => {
  // One image each after a second, two each a millisecond later.
  const type = deviceType({
    name: "a",
    count: 12,
    maxMiniBatchSize: 1,
    latencyMs: () => 1,
    warmupMs: () => 1000,
  });
  const { relaxations } = await sensitivityFor({
    types: [type],
    workloads: [{ name: "images", images: 10 }],
    timeUs: 1_000_000,
    objective: "devices",
  });
  assert.deepEqual(relaxations, [
    { constraint: "deadline", change: "0.1 % more time (1.001 s)", buys: "saves 5 devices" },
    { constraint: "images", change: "0 more images", buys: "fit the same number of devices" },
  ]);
});

test("a time that is over ends the relaxations after the first, and the others are counted", async () => {
  const problem: PlanProblem = {
    types: [device(8, 2)],
    workloads: [
      { name: "x", images: 100 },
      { name: "y", images: 91 * 2 - 1 },
    ],
    timeUs: TIME_US,
    objective: "devices",
  };
  const plan = await solvePlan(problem);
  assert.ok(plan.status === "optimal");
  const { relaxations, notLookedAt } = await sensitivityOf(problem, plan, { limitMs: 0 });
  // Of more time, fewer images of two workloads, and one more device.
  assert.equal(notLookedAt, 3);
  assert.ok(relaxations.every(({ constraint }) => constraint === "deadline"));
});

test("a limit of devices is relaxed by one", async () => {
  const problem: PlanProblem = {
    types: [device(8, 1)],
    workloads: [{ name: "x", images: 0 }],
    timeUs: TIME_US,
    objective: "images",
    caps: { devices: 3 },
  };
  const { relaxations } = await sensitivityFor(problem);
  assert.ok(
    relaxations.some(({ change, buys }) => change === "one more device" && buys === "images 364 in place of 273"),
  );
});
