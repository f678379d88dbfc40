import assert from "node:assert/strict";
import { test } from "node:test";
import { paretoFront } from "../../../src/plan/explore/pareto-front.js";
import { planSoft } from "../../../src/plan/plan.js";
import { deviceType } from "../../../src/plan/question/device-type.js";

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
  // Oracle: for every number of devices its earliest finish, which is the soft plan's at the deadline that just needs
  // it.
  for (const { deadlineUs } of front) {
    const soft = planSoft([type], IMAGES, deadlineUs / 1000);
    assert.ok(soft.status !== "infeasible");
    const cost = costOf(soft.devices.length, soft.finishUs);
    const beaten = front.filter(({ plan }) => soft.finishUs < plan.finishUs && cost < (plan.cost ?? 0) * (1 - 1e-9));
    assert.deepEqual(beaten, []);
  }
});

test("the front goes from the earliest finish to the deadline, cheaper at each point, as far as the time allows", async () => {
  // Dear devices of 5 ms and cheap ones of 10 ms an image, one of each kind: 30 images.
  const kind = (name: string, ms: number, pricePerHour: number) =>
    deviceType({ name, count: 1, maxMiniBatchSize: 1, latencyMs: () => ms, warmupMs: () => ms, pricePerHour });
  const problem = {
    types: [kind("dear", 5, 36), kind("cheap", 10, 7.2)],
    workloads: [{ name: "images", images: 30 }],
    timeUs: 300_000,
    objective: "cost" as const,
  };
  const { points, looked } = await paretoFront(problem, 4);
  assert.equal(looked, 4);
  // Both: 20 and 10 images in 100 ms for 0.0012; the dear one alone: 150 ms for 0.0015, which both beat;
  // the cheap one alone: 300 ms for 0.0006.
  assert.deepEqual(
    points.map(({ deadlineUs, plan }) => [deadlineUs, plan.devices.length, Number((plan.cost ?? 0).toFixed(9))]),
    [
      [100_000, 2, 0.0012],
      [300_000, 1, 0.0006],
    ],
  );
  const hurried = await paretoFront(problem, 4, { limitMs: 0 });
  assert.deepEqual([hurried.looked, hurried.points.length], [1, 1]);
  assert.deepEqual(await paretoFront({ ...problem, timeUs: 99_999 }, 4), { points: [], looked: 4 });
});
