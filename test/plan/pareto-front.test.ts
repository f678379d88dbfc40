import assert from "node:assert/strict";
import { test } from "node:test";
import { deviceType } from "../../src/plan/device-type.js";
import { paretoFront } from "../../src/plan/pareto-front.js";
import { planSoft } from "../../src/plan/plan.js";

const PRICE_PER_HOUR = 3.6;
const type = deviceType({
  name: "gpu",
  count: 8,
  maxUses: 1000,
  maxMiniBatchSize: 16,
  latencyMs: (miniBatchSize) => 2 + miniBatchSize,
  warmupMs: (miniBatchSize) => 50 + 2 * miniBatchSize,
  loadMs: 0,
  pricePerHour: PRICE_PER_HOUR,
});
const IMAGES = 2000;

test("reserved devices are paid until the last of them finishes, and no number of devices beats the front", async () => {
  const { points: front } = await paretoFront(
    { types: [type], workloads: [{ name: "images", images: IMAGES }], timeUs: 4_000_000, objective: "cost" },
    12,
  );
  assert.ok(front.length >= 2);
  const costOf = (devices: number, finishUs: number) => (devices * PRICE_PER_HOUR * finishUs) / 3.6e9;
  for (const { deadlineUs, plan } of front) {
    assert.equal(plan.finishUs, deadlineUs);
    const expected = costOf(plan.devices.length, deadlineUs);
    assert.ok(Math.abs((plan.cost ?? 0) - expected) < 1e-9 * expected, `${plan.cost} is not ${expected}`);
  }
  // Oracle: for every number of devices its earliest finish, which is the soft plan's at the deadline that just needs it.
  for (const { deadlineUs } of front) {
    const soft = planSoft([type], IMAGES, deadlineUs / 1000);
    assert.ok(soft.status !== "infeasible");
    const cost = costOf(soft.devices.length, soft.finishUs);
    const beaten = front.filter(({ plan }) => soft.finishUs < plan.finishUs && cost < (plan.cost ?? 0) * (1 - 1e-9));
    assert.deepEqual(beaten, []);
  }
});
