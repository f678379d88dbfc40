import assert from "node:assert/strict";
import { test } from "node:test";
import { measurePlan } from "../../../src/plan/answer/measure-plan.js";
import type { PlannedDevice } from "../../../src/plan/answer/plan-outcome.js";
import { type DeviceFunctions, deviceType, forWorkloads } from "../../../src/plan/question/device-type.js";
import type { PlanProblem } from "../../../src/plan/question/plan-problem.js";

/** Three devices: mini-batches of 1, 2 and 4 in 10, 16 and 24 ms, a first one in 100 ms more. */
function device(functions: Partial<DeviceFunctions> = {}) {
  const latency: Record<number, number> = { 1: 10, 2: 16, 4: 24 };
  return deviceType({
    name: "d",
    count: 3,
    maxUses: 5,
    maxMiniBatchSize: 4,
    miniBatchSizes: [1, 2, 4],
    latencyMs: (size) => latency[size],
    warmupMs: (size) => 100 + (latency[size] ?? 0),
    pricePerHour: 3.6,
    idleW: 10,
    energyPerMiniBatchJ: (size) => size,
    warmupEnergyJ: (size) => 2 + size,
    ...functions,
  });
}

const ASKED: PlanProblem = {
  types: [device()],
  workloads: [{ name: "images", images: 20 }],
  timeUs: 200_000,
  objective: "cost",
};

/** A device that ran a mini-batch of four and three more. */
const FULL: PlannedDevice = {
  type: "d",
  workload: "images",
  miniBatchSize: 4,
  furtherMiniBatches: 3,
  images: 16,
  finishUs: 196_000,
};
/** One that ran two mini-batches of two. */
const PART: PlannedDevice = { ...FULL, miniBatchSize: 2, furtherMiniBatches: 1, images: 4, finishUs: 132_000 };

test("devices, images, finish, cost and energy are counted from the devices", () => {
  // 0.001 a second each until 200 ms. 6 J and 3 × 4 J, then 10 W for 4 ms; 4 J and 2 J, then 10 W for 68 ms.
  const { devices, images, finishUs, cost, energyNj } = measurePlan(ASKED, [FULL, PART]);
  assert.deepEqual([devices, images, finishUs], [2, 20, 196_000]);
  assert.equal(cost, 2n * 3_600_000n * 200_000n);
  assert.equal(energyNj, 18_040_000_000n + 6_680_000_000n);
  const busy = measurePlan({ ...ASKED, billing: "busy" }, [FULL, PART]);
  assert.equal(busy.cost, 3_600_000n * (196_000n + 132_000n));
  const { timeUs: _, ...without } = ASKED;
  const effort = measurePlan({ ...without, timeUs: "none" }, [FULL, PART]);
  assert.deepEqual([effort.cost, effort.energyNj], [3_600_000n * 328_000n, 24_000_000_000n]);
});

test("devices that do the same count as often as they stand there", () => {
  const asked = { ...ASKED, workloads: [{ name: "images", images: 48 }] };
  const { devices, images, cost, energyNj } = measurePlan(asked, [FULL, FULL, FULL]);
  assert.deepEqual([devices, images, energyNj], [3, 48, 3n * 18_040_000_000n]);
  assert.equal(cost, 3n * 3_600_000n * 200_000n);
  assert.throws(() => measurePlan(asked, [FULL, FULL, FULL, FULL]), /1 devices of d too many/);
  assert.throws(() => measurePlan(asked, [FULL, { ...FULL }, PART, FULL]), /1 devices of d too many/);
});

test("a shorter last mini-batch ends the device, in its latency or its own first time", () => {
  // Four, four and then one image: 124 + 24 + 10 ms.
  const short: PlannedDevice = { ...FULL, furtherMiniBatches: 2, lastMiniBatchSize: 1, images: 9, finishUs: 158_000 };
  const asked: PlanProblem = { ...ASKED, shorterLast: true, workloads: [{ name: "images", images: 9 }] };
  const known = { ...asked, types: [device({ warmupPerShape: false })] };
  const { images, finishUs, energyNj } = measurePlan(known, [short]);
  assert.deepEqual(
    [images, finishUs, energyNj],
    [9, 158_000, 6_000_000_000n + 4_000_000_000n + 1_000_000_000n + 420_000_000n],
  );
  // Where each shape warms up anew its last mini-batch takes 110 ms, and its energy is not known.
  const late = { ...short, finishUs: 258_000 };
  const anew = measurePlan({ ...asked, timeUs: 300_000 }, [late]);
  assert.deepEqual([anew.finishUs, anew.energyNj], [258_000, undefined]);
  assert.throws(() => measurePlan({ ...asked, timeUs: 300_000 }, [short]), /finish 158000, counted 258000/);
  assert.throws(() => measurePlan(known, [{ ...short, images: 10 }]), /10 images of 9/);
});

test("what has no price or energy has no cost or energy", () => {
  const nameless = deviceType({ name: "d", count: 3, maxMiniBatchSize: 4, latencyMs: () => 24, warmupMs: () => 124 });
  const { cost, energyNj } = measurePlan({ ...ASKED, types: [nameless], workloads: [{ name: "images", images: 16 }] }, [
    FULL,
  ]);
  assert.deepEqual([cost, energyNj], [undefined, undefined]);
});

test("a plan that breaks any limit is refused by its name", () => {
  const all = [FULL, PART];
  const broken: readonly (readonly [Partial<PlanProblem>, readonly PlannedDevice[], RegExp])[] = [
    [{}, [{ ...FULL, type: "e" }, PART], /no choice 4 on e/],
    [{}, [{ ...FULL, miniBatchSize: 3 }, PART], /no choice 3 on d/],
    [{}, [{ ...FULL, furtherMiniBatches: -1 }, PART], /mini-batches -1/],
    [{}, [{ ...FULL, furtherMiniBatches: 1.5 }, PART], /mini-batches 1\.5/],
    [{ timeUs: 1_000_000 }, [{ ...FULL, furtherMiniBatches: 6, finishUs: 268_000 }, PART], /6 uses of 5/],
    [{}, [{ ...FULL, images: 17 }, PART], /17 images of 16/],
    [{}, [{ ...FULL, images: 0 }, PART], /0 images of 16/],
    [{}, [{ ...FULL, finishUs: 195_999 }, PART], /finish 195999, counted 196000/],
    [{ timeUs: 195_999 }, all, /finish 196000 of 195999/],
    [{ miniBatchSize: 4 }, all, /size 2/],
    [{ maxSizes: 1 }, all, /2 mini-batch sizes/],
    [{}, [FULL], /16 images of 20 of images/],
    [{ caps: { cost: 0.00039 } }, all, /cost over its cap/],
    [{ caps: { energyJ: 24.71 } }, all, /energy over its cap/],
    [{ caps: { devices: 1 } }, all, /devices over its cap/],
    // 4 J in 24 ms and 2 J in 16 ms: 166.667 and 125 W.
    [{ caps: { powerW: 291.6 } }, all, /power over its cap/],
  ];
  for (const [limits, devices, message] of broken) {
    assert.throws(() => measurePlan({ ...ASKED, ...limits }, devices), message);
  }
  const met = { timeUs: 196_000, maxSizes: 2, caps: { cost: 0.0004, energyJ: 24.72, devices: 2, powerW: 291.667 } };
  assert.equal(measurePlan({ ...ASKED, ...met }, all).devices, 2);
});

test("images count for their own workload", () => {
  const two: PlanProblem = {
    ...ASKED,
    types: [forWorkloads([device(), device()])],
    workloads: [
      { name: "a", images: 16 },
      { name: "b", images: 4 },
    ],
  };
  const [a, b] = [
    { ...FULL, workload: "a" },
    { ...PART, workload: "b" },
  ];
  assert.equal(measurePlan(two, [a, b]).images, 20);
  assert.throws(
    () =>
      measurePlan(two, [
        { ...a, workload: "b" },
        { ...b, workload: "a" },
      ]),
    /4 images of 16 of a/,
  );
});
