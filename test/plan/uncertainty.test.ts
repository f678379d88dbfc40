import assert from "node:assert/strict";
import { test } from "node:test";
import { deviceType } from "../../src/plan/device-type.js";
import type { PlanProblem } from "../../src/plan/plan-problem.js";
import { planUnderResamples } from "../../src/plan/uncertainty.js";

/** A device that takes so long for each of its mini-batches of one image. */
function device(ms: number, count = 1) {
  return deviceType({ name: "d", count, maxMiniBatchSize: 1, latencyMs: () => ms, warmupMs: () => ms });
}

const MOST: PlanProblem = {
  types: [device(10)],
  workloads: [{ name: "images", images: 0 }],
  timeUs: 21_000_000,
  objective: "images",
};

test("the interval holds nine tenths of the resamples' objectives, each solved with its own functions", async () => {
  // Resample i takes i + 1 ms: floor(21,000 / (i + 1)) images, of which the 21 values' 5 % quantiles are the second ones.
  const seen: number[] = [];
  const typesOf = (index: number) => {
    seen.push(index);
    return [device(index + 1)];
  };
  const spread = await planUnderResamples(MOST, typesOf, 21);
  assert.deepEqual(seen, [...Array(21).keys()]);
  assert.deepEqual(spread, { resamples: 21, feasible: 1, low: 1050, high: 10_500 });
});

test("resamples without a plan are counted, and have no objective", async () => {
  // Ten images in a second: resamples 0 to 2 take 50, 100 and 150 ms and have one, two and no devices enough.
  const soft: PlanProblem = {
    ...MOST,
    timeUs: 1_000_000,
    objective: "devices",
    workloads: [{ name: "x", images: 20 }],
  };
  const spread = await planUnderResamples(soft, (index) => [device(50 * (index + 1), 2)], 4);
  assert.deepEqual([spread.resamples, spread.feasible], [4, 0.5]);
  assert.ok((spread.low ?? 0) >= 1 && (spread.high ?? 3) <= 2);
  const none = await planUnderResamples(soft, () => [device(2000)], 3);
  assert.deepEqual(none, { resamples: 3, feasible: 0 });
});

test("a time that is over ends it after the first resample, and the answer says how many there were", async () => {
  const spread = await planUnderResamples(MOST, () => [device(10)], 50, { limitMs: 0 });
  assert.deepEqual(spread, { resamples: 1, feasible: 1, low: 2100, high: 2100 });
});
