import assert from "node:assert/strict";
import { test } from "node:test";
import { bestValue } from "../../bench/proofs/exhaustive.js";
import { judge } from "../../bench/proofs/judge.js";
import { missesTime } from "../../bench/proofs/judge-infeasible.js";
import { problemOf, type Question } from "../../bench/proofs/question.js";
import { randomQuestion } from "../../bench/proofs/random-question.js";
import type { FeasiblePlan, InfeasiblePlan } from "../../src/plan/answer/plan-outcome.js";

const question: Question = {
  devices: [
    {
      name: "d0",
      count: 3,
      max_uses: 3,
      workloads: { images: { latency_ms: { 1: 10, 2: 15 }, warmup_ms: { 1: 20, 2: 30 } } },
    },
  ],
  ask: { planClass: "soft", objective: "devices", start: "loaded", images: { images: 8 }, timeMs: 60 },
};
const problem = problemOf(question); // a device does 2 + 2 · 2 = 6 images in 60 ms, so two devices are the fewest

const used = { type: "d0", workload: "images", miniBatchSize: 2, furtherMiniBatches: 1, images: 4, finishUs: 45_000 };
const right: FeasiblePlan = {
  status: "optimal",
  devices: [used, used],
  images: 8,
  finishUs: 45_000,
  solver: "by hand",
  proven: true,
  bound: 2,
  earliestProven: true,
};

function wrongs(answer: FeasiblePlan | InfeasiblePlan, asked = problem): string[] {
  return judge(asked, bestValue(asked), answer).map(({ wrong }) => wrong);
}

test("a right plan is found right", () => {
  assert.equal(bestValue(problem), 2n);
  assert.deepEqual(wrongs(right), []);
});

test("each way in which a plan can be wrong is found", () => {
  const three = { ...right, devices: [used, used, used], images: 12, bound: 3 };
  assert.deepEqual(wrongs(three), ["wrongly proven", "invalid bound"]);
  assert.deepEqual(wrongs({ ...three, status: "feasible", proven: false, bound: 1 }), []);
  assert.deepEqual(wrongs({ ...right, images: 9 }), ["wrong value"]);
  assert.deepEqual(wrongs({ ...right, devices: [used], images: 4 }), ["wrong value"]);
  assert.deepEqual(wrongs({ ...right, devices: [used, { ...used, finishUs: 44_000 }] }), ["wrong value"]);
  const late = { ...used, furtherMiniBatches: 2, images: 4, finishUs: 60_000 };
  assert.deepEqual(wrongs({ ...right, devices: [used, late], finishUs: 60_000 }), ["wrongly proven"]);
});

test("each way in which an infeasible answer can be wrong is found", () => {
  const reason = "capacity: all devices together classify 18 images in 60 ms, 2 fewer than 20";
  const answer = { status: "infeasible", reason, mostImages: 18, feasibleTimeUs: 75_000 } as const;
  assert.deepEqual(wrongs(answer), ["wrong infeasible"]);
  const more = problemOf({ ...question, ask: { ...question.ask, images: { images: 20 } } });
  assert.equal(bestValue(more), undefined);
  assert.deepEqual(wrongs(answer, more), []);
  assert.deepEqual(wrongs({ ...answer, feasibleDevices: { type: "d0", count: 4 } }, more), []);
  for (const untrue of [
    { reason: reason.replace("18", "17") },
    { reason: "memory: not even one image fits a device" },
    { reason: "time: the fastest first inference takes 20 ms, 1 ms more than 60 ms" },
    { reason: "no" },
    { mostImages: 19 },
    { feasibleTimeUs: 74_999 },
    { feasibleTimeUs: 75_001 },
    { feasibleTimeUs: undefined },
    { feasibleDevices: { type: "d0", count: 3 } },
  ]) {
    assert.ok(wrongs({ ...answer, ...untrue }, more).includes("wrong reason"), JSON.stringify(untrue));
  }
  assert.deepEqual(wrongs(right, more), ["wrong value", "wrong infeasible"]);
});

test("under caps an answer may know of no time that would do, which is told apart", () => {
  const more = problemOf({ ...question, ask: { ...question.ask, images: { images: 20 } } });
  const capped = { ...more, caps: { devices: 9 } };
  const unknown = { status: "infeasible", reason: "", mostImages: 18, feasibleTimeUs: undefined } as const;
  assert.equal(missesTime(capped, unknown), true);
  assert.equal(missesTime(capped, { ...unknown, feasibleTimeUs: 75_000 }), false);
  assert.equal(missesTime({ ...capped, caps: { devices: 0 } }, unknown), false);
  assert.equal(missesTime(more, unknown), false);
});

test("a random question is the same for a seed and an index, and another for another", () => {
  assert.deepEqual(randomQuestion(7, 3), randomQuestion(7, 3));
  assert.notDeepEqual(randomQuestion(7, 3), randomQuestion(8, 3));
});
