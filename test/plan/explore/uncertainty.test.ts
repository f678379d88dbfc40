import assert from "node:assert/strict";
import { test } from "node:test";
import { paretoFront } from "../../../src/plan/explore/pareto-front.js";
import { planUnderResamples } from "../../../src/plan/explore/uncertainty.js";
import { solvePlan } from "../../../src/plan/plan.js";
import { deviceType } from "../../../src/plan/question/device-type.js";
import type { PlanProblem } from "../../../src/plan/question/plan-problem.js";

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
  // Resample i takes i + 1 ms: floor(21,000 / (i + 1)) images, of which the 21 values' 5 % quantiles are the second
  // ones.
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

/**
 * Devices that classify so many images each at the cost of as much: an odd number of images can't be had at that cost.
 */
function even(timeUs: number): PlanProblem {
  const sizes = [2014, 2038, 2062, 2078, 2102, 2134, 2166, 2206, 2218, 2234, 2246, 2266, 2302, 2326, 2342, 2374];
  const types = sizes.map((size) =>
    deviceType({
      name: `d${size}`,
      count: 9,
      maxUses: 0,
      maxMiniBatchSize: size,
      miniBatchSizes: [size],
      latencyMs: () => 10,
      warmupMs: () => 10,
      energyPerMiniBatchJ: () => 1,
      pricePerHour: size,
    }),
  );
  const caps = { cost: (66_667 * timeUs) / 3.6e9, energyJ: 1000 };
  return { types, workloads: [{ name: "images", images: 66_667 }], timeUs, objective: "devices", caps };
}

test("a resample that is left undecided ends it, as does a deadline of a front of cost against time", async () => {
  const problem = { ...even(3_600_000_000), timeUs: 3_600_000_000 };
  const options = { limitMs: 50 };
  await assert.rejects(solvePlan(problem, options), { name: "UndecidedError" });
  const spread = await planUnderResamples(problem, () => problem.types, 3, options);
  assert.deepEqual(spread, { resamples: 0, feasible: 0 });
  const { points } = await paretoFront({ ...problem, objective: "cost" }, 1, options);
  assert.deepEqual(points, []);
});
