import assert from "node:assert/strict";
import { test } from "node:test";
import { ask } from "../../bench/proofs/ask.js";
import { bestValue } from "../../bench/proofs/exhaustive.js";
import { inUnit } from "../../bench/proofs/judge.js";
import { judgeExports } from "../../bench/proofs/judge-exports.js";
import { otherSolvers } from "../../bench/proofs/other-solvers.js";
import { type Ask, type DeviceRecord, problemOf, type Table } from "../../bench/proofs/question.js";
import type { FeasiblePlan } from "../../src/plan/answer/plan-outcome.js";
import { solvePlan } from "../../src/plan/plan.js";
import type { PlanProblem } from "../../src/plan/question/plan-problem.js";

type Given = Omit<DeviceRecord, "workloads"> & { latency: Table; warmup: Table; energy?: Table };

function device({ latency, warmup, energy, ...rest }: Given): DeviceRecord {
  const tables = { latency_ms: latency, warmup_ms: warmup, ...(energy && { energy_per_mini_batch_j: energy }) };
  return { ...rest, workloads: { images: tables } };
}

/** A question about one workload with devices that are loaded. */
function question(asked: Omit<Ask, "start" | "images"> & { images: number }, ...devices: Given[]): PlanProblem {
  const { images, ...rest } = asked;
  return problemOf({ devices: devices.map(device), ask: { ...rest, start: "loaded", images: { images } } });
}

/** Asks in little and in much time: what is proven must be the best each time. */
async function judged(problem: PlanProblem): Promise<readonly unknown[]> {
  return (await ask(problem, bestValue(problem), [1, 5, 20, 50, 10_000])).failures;
}

async function planOf(problem: PlanProblem): Promise<FeasiblePlan> {
  const outcome = await solvePlan(problem, { gap: 0 });
  assert.equal(outcome.status, "optimal");
  return outcome as FeasiblePlan;
}

const overInTime = question(
  { planClass: "best-effort", objective: "energy", images: 333 },
  {
    name: "d0",
    count: 1,
    price_per_hour: 0.17,
    latency: { 2: 127.543, 6: 205.719, 8: 271.49, 32: 713.724 },
    warmup: { 2: 114788.7, 6: 185147.1, 8: 244341, 32: 642351.6 },
    energy: { 2: 6.3772, 6: 61.7157, 8: 13.5745, 32: 35.6862 },
  },
  { name: "d1", count: 5, price_per_hour: 0.17, latency: { 1: 11.947 }, warmup: { 1: 59.735 }, energy: { 1: 3.5841 } },
);

test("a solver whose time is over has proven nothing", async () => {
  assert.equal(inUnit(overInTime, bestValue(overInTime) ?? 0n), 1207.8417);
  assert.equal((await planOf(overInTime)).energyJ, 1207.8417);
  assert.deepEqual(await judged(overInTime), []);
});

const unlimited = question(
  { planClass: "best-effort", objective: "cost", images: 100 },
  { name: "d0", count: 3, price_per_hour: 1.11, latency: { 24: 134.43 }, warmup: { 24: 134.43 } },
  {
    name: "d1",
    count: 5,
    price_per_hour: 3.06,
    latency: { 1: 10.32, 2: 10.551, 4: 11.204, 12: 14.183 },
    warmup: { 1: 10.32, 2: 10.551, 4: 11.204, 12: 14.183 },
  },
  {
    name: "d2",
    count: 4,
    price_per_hour: 0.526,
    latency: { 3: 16.584, 24: 66.355 },
    warmup: { 3: 663.36, 24: 2654.2 },
  },
);

test("without a limit of use the least cost is found as with one", async () => {
  assert.equal(inUnit(unlimited, bestValue(unlimited) ?? 0n).toFixed(9), "0.000105968");
  assert.equal((await planOf(unlimited)).cost?.toFixed(9), "0.000105968");
  assert.deepEqual(await judged(unlimited), []);
});

const trickle = question(
  { planClass: "best-effort", objective: "cost", images: 8 },
  { name: "cuda", count: 5, price_per_hour: 1, latency: { 1: 83 }, warmup: { 1: 3537.7 } },
);

test("no solver gets mini-batches of an exported program without the device that runs them", async () => {
  assert.equal(bestValue(trickle), 4_118_700_000_000n); // one device for 3537.7 + 7 · 83 ms
  for (const problem of [trickle, unlimited]) {
    assert.deepEqual(await judgeExports(problem, bestValue(problem), otherSolvers()), []);
  }
});

const noneInTime = question(
  { planClass: "soft", objective: "devices", images: 13, timeMs: 4000 },
  { name: "t4", count: 10, latency: { 1: 11000 }, warmup: { 1: 11000 } },
  {
    name: "a100",
    count: 3,
    latency: { 1: 5000, 2: 6000, 4: 10000, 8: 20000 },
    warmup: { 1: 5000, 2: 6000, 4: 10000, 8: 20000 },
  },
);

test("an exported program in which no device is fast enough is infeasible to every reader", async () => {
  assert.deepEqual(await judged(noneInTime), []);
  assert.deepEqual(await judgeExports(noneInTime, undefined, otherSolvers()), []);
});

test("a size that was never run as a first mini-batch is not a cheap last one", async () => {
  const problem = question(
    { planClass: "relaxed", objective: "images", images: 0, timeMs: 1990, shorterLast: true },
    {
      name: "cuda",
      count: 2,
      latency: { 1: 12, 2: 16, 4: 24, 8: 40 },
      warmup: { 1: 1000, 2: 1000, 4: 1000, 8: 1000 },
    },
  );
  const { images, finishUs } = await planOf(problem);
  assert.deepEqual({ images, finishUs }, { images: 400, finishUs: 1_960_000 });
  assert.deepEqual(await judged(problem), []);
});

test("a cap that a plan meets exactly allows it, whatever binary makes of its decimals", async () => {
  // 2.01e9 is 2009999999.9999998 when it is multiplied out.
  const energy = question(
    { planClass: "soft", objective: "devices", images: 3, timeMs: 100, caps: { energyJ: 2.01 } },
    { name: "d0", count: 1, latency: { 1: 10 }, warmup: { 1: 10 }, energy: { 1: 0.67 } },
  );
  assert.equal(bestValue(energy), 1n);
  assert.equal((await planOf(energy)).energyJ, 2.01);
  assert.deepEqual(await judged(energy), []);
  // 0.000249 an hour and 1,000,000 · 3.6e9 of them: the same.
  const cost = question(
    { planClass: "best-effort", objective: "cost", images: 2, caps: { cost: 0.000249 } },
    { name: "d0", count: 1, price_per_hour: 0.249, latency: { 1: 1800 }, warmup: { 1: 1800 } },
  );
  assert.equal(bestValue(cost), 896_400_000_000n);
  assert.equal((await planOf(cost)).cost, 0.000249);
  assert.deepEqual(await judged(cost), []);
});

test("most images where no device is in time is no plan, not a plan without devices", async () => {
  for (const more of [{ maxSizes: 1 }, { miniBatchSize: 2 }, {}]) {
    const problem = question(
      { planClass: "relaxed", objective: "images", images: 0, timeMs: 5, ...more },
      { name: "d0", count: 2, latency: { 1: 6, 2: 7 }, warmup: { 1: 60, 2: 70 } },
    );
    assert.equal(bestValue(problem), undefined);
    assert.deepEqual(await judged(problem), []);
  }
});

test("devices that cost nothing are a plan that costs nothing, and its earliest finish uses them", async () => {
  const problem = question(
    { planClass: "soft", objective: "cost", billing: "reserved", images: 12, timeMs: 1000 },
    { name: "free", count: 4, price_per_hour: 0, latency: { 1: 20 }, warmup: { 1: 100 } },
    { name: "paid", count: 4, price_per_hour: 3.06, latency: { 1: 1 }, warmup: { 1: 2 } },
  );
  assert.equal(bestValue(problem), 0n);
  assert.equal((await planOf(problem)).finishUs, 140_000); // three mini-batches each
  assert.deepEqual(await judged(problem), []);
});
