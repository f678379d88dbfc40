import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../src/core/seeded-random.js";
import { planRelaxed, planSoft } from "../../src/plan/plan.js";
import { finishUs } from "../../src/plan/question/capacity.js";
import { type DeviceType, deviceType } from "../../src/plan/question/device-type.js";

/** A small random instance: one or two types, up to three devices, up to four mini-batch sizes. */
function randomInstance(seed: number) {
  const random = seededRandom(seed, "instance");
  const types = Array.from({ length: random.integer(1, 2) }, (_, index): DeviceType => {
    const slopeUs = random.integer(1, 20);
    const interceptUs = random.integer(1, 30);
    return {
      name: `type${index}`,
      count: random.integer(1, 2),
      maxUses: random.integer(0, 4),
      choices: [
        Array.from({ length: random.integer(1, 4) }, (_, choice) => {
          const latencyUs = interceptUs + slopeUs * (choice + 1);
          return { miniBatchSize: choice + 1, latencyUs, warmupUs: latencyUs + random.integer(0, 60) };
        }),
      ],
    };
  });
  return { types, images: random.integer(1, 30), timeMs: random.integer(10, 300) / 1000 };
}

/**
 * Oracle: every way to use every device, by enumeration: all pairs of images and finish, for all numbers of devices.
 */
function enumerate(types: readonly DeviceType[]): { devices: number; images: number; finishUs: number }[] {
  let plans = [{ devices: 0, images: 0, finishUs: 0 }];
  for (const type of types) {
    for (let device = 0; device < type.count; device++) {
      plans = plans.flatMap((plan) => [
        plan,
        ...(type.choices[0] ?? []).flatMap((choice) =>
          Array.from({ length: type.maxUses + 1 }, (_, uses) => ({
            devices: plan.devices + 1,
            images: plan.images + (uses + 1) * choice.miniBatchSize,
            finishUs: Math.max(plan.finishUs, finishUs(choice, uses)),
          })),
        ),
      ]);
      plans = undominated(plans);
    }
  }
  return plans;
}

function undominated<P extends { devices: number; images: number; finishUs: number }>(plans: readonly P[]): P[] {
  const unique = new Map(plans.map((plan) => [`${plan.devices} ${plan.images} ${plan.finishUs}`, plan]));
  return [...unique.values()];
}

test("soft plans have the fewest devices and the earliest finish of all plans, on 300 random instances", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const { types, images, timeMs } = randomInstance(seed);
    const feasible = enumerate(types).filter((plan) => plan.images >= images && plan.finishUs <= timeMs * 1000);
    const plan = planSoft(types, images, timeMs);
    assert.equal(plan.status, feasible.length > 0 ? "optimal" : "infeasible", `seed ${seed}`);
    if (plan.status !== "optimal") continue;
    const fewest = Math.min(...feasible.map(({ devices }) => devices));
    const earliest = Math.min(...feasible.filter(({ devices }) => devices === fewest).map((found) => found.finishUs));
    assert.equal(plan.devices.length, fewest, `seed ${seed}`);
    assert.equal(plan.finishUs, earliest, `seed ${seed}`);
    assert.equal(plan.images, images, `seed ${seed}`);
  }
});

test("relaxed plans have the most images of all plans, on 300 random instances", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const { types, timeMs } = randomInstance(seed);
    const inTime = enumerate(types).filter((plan) => plan.finishUs <= timeMs * 1000);
    const most = Math.max(...inTime.map(({ images }) => images));
    const plan = planRelaxed(types, timeMs);
    assert.equal(plan.status === "optimal" ? plan.images : 0, most, `seed ${seed}`);
  }
});

test("a deadline that is met exactly is met, though its decimals are not exact in binary", () => {
  const type = deviceType({
    name: "a",
    count: 1,
    maxUses: 1000,
    maxMiniBatchSize: 1,
    latencyMs: () => 0.1,
    warmupMs: () => 0.3,
  });
  const plan = planSoft([type], 8, 1.0); // 0.3 + 7 · 0.1, which is 0.9999999999999999 in floating point
  assert.equal(plan.status, "optimal");
});

test("an infeasible plan says how many images are possible and which time would do", () => {
  const type = deviceType({
    name: "a",
    count: 2,
    maxUses: 1000,
    maxMiniBatchSize: 2,
    latencyMs: (size) => 10 * size,
    warmupMs: (size) => 50 + 10 * size,
  });
  const plan = planSoft([type], 100, 100);
  assert.equal(plan.status, "infeasible");
  if (plan.status !== "infeasible") return;
  assert.match(plan.reason, /^capacity: all devices together classify 10 images in 100 ms, 90 fewer than 100$/);
  assert.equal(plan.feasibleTimeUs, 550_000);
});

test("more time or more devices never make a relaxed plan worse", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const { types, timeMs } = randomInstance(seed);
    const images = (devices: readonly DeviceType[], ms: number) => {
      const plan = planRelaxed(devices, ms);
      return plan.status === "optimal" ? plan.images : 0;
    };
    const now = images(types, timeMs);
    assert.ok(images(types, timeMs + 0.01) >= now, `seed ${seed}`);
    const more = types.map((type) => ({ ...type, count: type.count + 1 }));
    assert.ok(images(more, timeMs) >= now, `seed ${seed}`);
  }
});

test("more images than can be counted are refused where they are asked for, and no matter where few are", () => {
  const times = { latencyMs: () => 0.001, warmupMs: () => 0.001 };
  const type = deviceType({ name: "d", count: 1_000_000, maxMiniBatchSize: 65_536, ...times });
  assert.throws(
    () => planRelaxed([type], 1e9),
    /^UserError: images: some 6\.55e\+22 fit the time, plans count up to 9007199254740991$/,
  );
  const plan = planSoft([type], 10, 1e9);
  assert.ok(plan.status !== "infeasible" && plan.devices.length === 1);
});

test("times of more than twelve digits are neither met too late nor refused for nothing", () => {
  const of = (latencyMs: number, warmupMs: number) =>
    deviceType({ name: "a", count: 1, maxMiniBatchSize: 1, latencyMs: () => latencyMs, warmupMs: () => warmupMs });
  assert.equal(planSoft([of(234_567_891, 1e9)], 2, 1_234_567_890.9996).status, "infeasible");
  assert.equal(planSoft([of(1e9, 0.001)], 2, 1_000_000_000.001).status, "optimal");
  assert.equal(planSoft([of(123_456_789.0123, 123_456_789.0123)], 1, 123_456_789.012).status, "infeasible");
});
