import assert from "node:assert/strict";
import { test } from "node:test";
import { bindingLimits, limitsOf } from "../../../src/plan/explore/binding-limits.js";
import { solvePlan } from "../../../src/plan/plan.js";
import { deviceType } from "../../../src/plan/question/device-type.js";
import type { PlanProblem } from "../../../src/plan/question/plan-problem.js";

/** Ten devices that take 10 ms for 1 image and 20 ms for 4, at a price of 3.6 an hour: a thousandth a second. */
const TYPE = deviceType({
  name: "d",
  count: 10,
  maxUses: 3,
  maxMiniBatchSize: 4,
  miniBatchSizes: [1, 4],
  latencyMs: (size) => (size === 1 ? 10 : 20),
  warmupMs: (size) => (size === 1 ? 10 : 20),
  pricePerHour: 3.6,
});

async function bindingOf(problem: PlanProblem, limitMs = 10_000) {
  const outcome = await solvePlan(problem);
  return bindingLimits(problem, outcome, limitsOf(problem), { limitMs });
}

const ASKED: PlanProblem = {
  types: [TYPE],
  workloads: [{ name: "images", images: 64 }],
  timeUs: 1_000_000,
  objective: "devices",
};

test("limits of uses, sizes and cost that bind are named with what there would be without", async () => {
  // 4 mini-batches of 4 on a device: 4 devices; without the limit one device runs 50 mini-batches of 4.
  assert.deepEqual(await bindingOf(ASKED), [{ name: "max_uses 3", without: "1 device in place of 4" }]);
  const single = { ...ASKED, miniBatchSize: 1, workloads: [{ name: "images", images: 40 }] };
  assert.deepEqual(await bindingOf(single), [
    { name: "max_uses 3", without: "1 device in place of 10" },
    { name: "--mini-batch-size 1", without: "3 devices in place of 10" },
  ]);
  // Four devices for a second cost 0.004.
  assert.deepEqual(await bindingOf({ ...ASKED, caps: { cost: 0.003 } }), [
    { name: "max_uses 3", without: "there is a plan" },
    { name: "--max-cost 0.003", without: "there is a plan" },
  ]);
});

test("limits that don't bind are not named", async () => {
  const roomy = { ...ASKED, caps: { cost: 1 }, maxSizes: 2, types: [{ ...TYPE, maxUses: 49 }] };
  assert.deepEqual(await bindingOf(roomy), []);
  // More images than all devices have time for, whatever they cost.
  const tooMany = { ...ASKED, workloads: [{ name: "images", images: 2001 }], caps: { cost: 1 } };
  assert.deepEqual(await bindingOf(tooMany), []);
});

test("what binds is the same with a millisecond as with ten seconds", async () => {
  const problem: PlanProblem = {
    ...ASKED,
    objective: "cost",
    billing: "busy",
    maxSizes: 1,
    workloads: [{ name: "images", images: 65 }],
  };
  const binding = await bindingOf(problem);
  assert.notDeepEqual(binding, []);
  assert.deepEqual(await bindingOf(problem, 1), binding);
});

test("without a limit there is no plan of sizes whose energy is not known", async () => {
  const type = deviceType({
    name: "a",
    count: 2,
    maxUses: 1,
    maxMiniBatchSize: 8,
    miniBatchSizes: [1, 8],
    latencyMs: (size) => (size === 1 ? 2 : 3),
    warmupMs: (size) => (size === 1 ? 2 : 3),
    pricePerHour: 1,
    energyPerMiniBatchJ: (size) => (size === 1 ? 1 : undefined),
  });
  const types = [type];
  const problem: PlanProblem = {
    ...ASKED,
    types,
    workloads: [{ name: "images", images: 10 }],
    caps: { cost: 1, energyJ: 5 },
  };
  // Ten mini-batches of one at one joule each; mini-batches of eight count only where no energy is asked for.
  assert.deepEqual(await bindingOf(problem), [{ name: "--max-energy-j 5", without: "there is a plan" }]);
});

test("where without a limit there is more than plans count it may bind", async () => {
  const type = deviceType({
    name: "d",
    count: 1000,
    maxUses: 1000,
    maxMiniBatchSize: 64,
    latencyMs: () => 0.001,
    warmupMs: () => 0.001,
  });
  const problem: PlanProblem = {
    types: [type],
    workloads: [{ name: "images", images: 0 }],
    timeUs: 1e15,
    objective: "images",
  };
  assert.deepEqual(await bindingOf(problem), [{ name: "max_uses 1000", without: undefined }]);
});
