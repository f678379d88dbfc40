import assert from "node:assert/strict";
import { test } from "node:test";
import { fullGrid } from "../../bench/decide/full-grid.js";
import { judgeMethod } from "../../bench/decide/judged-method.js";
import { simulatedCases } from "../../bench/decide/replayed-questions.js";
import { untilDecided } from "../../bench/decide/until-decided.js";
import { seededRandom } from "../../src/core/seeded-random.js";
import { evidenceOf } from "../../src/decide/cell-evidence.js";
import { type DecisionState, nextProcess, type Step } from "../../src/decide/next-process.js";
import type { ProcessOutcome } from "../../src/decide/process-outcome.js";
import { question, ran, ranOut, state } from "./decision.js";

/** What is measured and why; how it ended. */
function told(step: Step): readonly unknown[] {
  return step.kind === "measure" ? [step.miniBatchSize, step.reason] : [step.kind];
}

/** A device of which a mini-batch of b takes `latencyMs(b)`, with 10 % between processes, asked until the end. */
function asked(latencyMs: (size: number) => number, more: Partial<DecisionState> = {}, edge = Infinity) {
  const random = seededRandom(more.seed ?? 1, "test");
  const outcomes: ProcessOutcome[] = [];
  const steps: (readonly unknown[])[] = [];
  for (;;) {
    const step = nextProcess(state(outcomes, { budgetMs: 200_000, ...more }));
    steps.push(told(step));
    if (step.kind !== "measure") return { steps, step, outcomes };
    const size = step.miniBatchSize;
    outcomes.push(size > edge ? ranOut(size) : ran(size, latencyMs(size) * Math.exp(0.1 * random.normal())));
  }
}

test("every candidate is looked at once, smallest first, up to the one that runs out of memory", () => {
  assert.deepEqual(told(nextProcess(state([]))), [1, "first look"]);
  assert.deepEqual(told(nextProcess(state([ran(1, 10)]))), [2, "first look"]);
  const step = nextProcess(state([ran(1, 10), ran(2, 40), ranOut(4)]));
  assert.deepEqual(told(step), [1, "leader"]);
});

test("a mini-batch whose first inference takes far longer than there is time ends the first look", () => {
  const slow = (size: number) => ran(size, 100 * size, 7000 * size);
  assert.deepEqual(told(nextProcess(state([slow(1), slow(2)]))), [4, "first look"]);
  assert.notDeepEqual(told(nextProcess(state([slow(1), slow(2), slow(4)]))), [8, "first look"]);
});

test("the edge of memory is halved where the answer may lie there, and left alone where it can't", () => {
  const growing = [ran(1, 10), ran(2, 12), ran(4, 16), ranOut(8)];
  assert.deepEqual(told(nextProcess(state(growing))), [6, "memory edge"]);
  assert.deepEqual(told(nextProcess(state([...growing, ran(6, 20)]))), [7, "memory edge"]);
  assert.notEqual(told(nextProcess(state([...growing, ran(6, 20), ranOut(7)])))[1], "memory edge");
  const falling = [ran(1, 10), ran(2, 30), ran(4, 90), ranOut(8)];
  assert.notEqual(told(nextProcess(state(falling)))[1], "memory edge");
});

test("the edge of memory is left alone where the answer is hardly to be expected there", () => {
  const hardly = [ran(1, 11), ran(2, 20), ran(4, 44), ranOut(8)];
  const step = nextProcess(state(hardly));
  assert.ok(step.kind === "measure" && step.reason !== "memory edge");
  assert.equal(step.standing?.leader, 2);
});

test("of leader and challenger, alike in processes, the one is measured that takes less time", () => {
  const costing = (ofEight: number, ofSixteen: number) => {
    const outcomes = [1, 2, 4].map((size) => ran(size, 1000 * size));
    const alike = [
      { ...ran(8, 800), durationMs: ofEight },
      { ...ran(16, 1600), durationMs: ofSixteen },
    ];
    const step = nextProcess(state([...outcomes, ...alike]));
    return step.kind === "measure" && step.miniBatchSize;
  };
  assert.deepEqual([costing(1000, 2000), costing(2000, 1000)], [8, 16]);
});

test("a process that ran beyond a size that ran out of memory ran by luck and does not count", () => {
  const { cells, largestRan, smallestRanOut } = evidenceOf([ran(4, 10), ran(8, 11), ranOut(8)]);
  assert.deepEqual([cells.map(({ miniBatchSize }) => miniBatchSize), largestRan, smallestRanOut], [[4], 4, 8]);
});

test("a mini-batch that was measured above the edge is never the answer", () => {
  const { step } = asked((size) => 10 + size, {}, 9);
  assert.ok(step.kind === "decided" && step.standing.leader <= 9 && step.standing.leader >= 8);
});

test("the same outcomes and seed give the same steps, another seed may give others", () => {
  const latencyMs = (size: number) => 100 * size ** 0.97;
  const again = (seed: number) => JSON.stringify(asked(latencyMs, { seed }).steps);
  assert.equal(again(3), again(3));
  assert.ok([4, 5, 6].some((seed) => again(seed) !== again(3)));
});

test("a sweep that was stopped anywhere goes on as one that was not", () => {
  const { outcomes, steps } = asked((size) => 100 * size ** 0.9);
  for (const [index, expected] of steps.entries()) {
    assert.deepEqual(told(nextProcess(state(outcomes.slice(0, index), { budgetMs: 200_000 }))), expected);
  }
});

test("a clear winner is decided after it was measured twice", () => {
  const { step, outcomes } = asked((size) => 10 + size);
  assert.ok(step.kind === "decided");
  assert.equal(step.standing.leader, 16);
  assert.ok(step.standing.probability >= 0.95);
  assert.ok(outcomes.filter(({ miniBatchSize }) => miniBatchSize === 16).length >= 2);
  assert.ok(outcomes.length <= 12, `${outcomes.length} processes`);
});

test("what can't be told apart stays undecided when the budget is spent, with the runner-up and what it would take", () => {
  const alike = [0.9, 1, 1.1].flatMap((factor) => [ran(8, 800 * factor), ran(16, 1590 * factor)]);
  const step = nextProcess(state([ran(1, 1000), ran(2, 2000), ran(4, 4000), ...alike], { budgetMs: 9000 }));
  assert.ok(step.kind === "undecided");
  assert.deepEqual([step.standing.leader, step.standing.runnerUp?.miniBatchSize], [8, 16]);
  assert.ok(step.standing.probability < 0.95);
  assert.equal(step.needed?.isNearTie, true);
  assert.deepEqual(step.unmeasured, []);
  assert.equal(step.isSpent, true);
  assert.ok((step.needed?.processes ?? 0) > 10 && (step.needed?.timeMs ?? 0) > 10_000);
});

test("what not even twice the rest of the budget would tell apart ends, unless a promise still needs repeats", () => {
  const looked = (processes: number) =>
    Array.from({ length: processes }, (_, index) => 0.9 + 0.2 * (index % 2)).flatMap((factor) => [
      ran(8, 800 * factor),
      ran(16, 1590 * factor),
    ]);
  const at = (processes: number, leftMs: number, more: Partial<DecisionState> = {}) => {
    const outcomes = [ran(1, 1000), ran(2, 2000), ran(4, 4000), ...looked(processes)];
    return nextProcess(state(outcomes, { budgetMs: 1000 * outcomes.length + leftMs, ...more }));
  };
  const step = at(6, 3000);
  assert.ok(step.kind === "undecided");
  assert.deepEqual([step.isSpent, step.isSure, step.unmeasured], [false, false, []]);
  const neededMs = step.needed?.timeMs ?? 0;
  assert.ok(neededMs > 9_000);
  assert.equal(at(6, neededMs / 2.01).kind, "undecided");
  assert.equal(at(6, neededMs / 1.99).kind, "measure");
  assert.equal(at(6, 500_000).kind, "measure", "a larger budget goes on");
  assert.equal(at(4, 3000).kind, "measure", "four processes show too little of how far the two are apart");
  assert.deepEqual(told(at(6, 3000, { leastRepeated: 30 })), [8, "leader"]);
});

test("a budget that ends before every candidate was looked at decides nothing and says which are missing", () => {
  const step = nextProcess(state([ran(1, 100), ran(1, 100), ran(2, 100), ran(2, 100)], { budgetMs: 4000 }));
  assert.ok(step.kind === "undecided");
  assert.deepEqual(step.unmeasured, [4, 8, 16]);
});

test("fewest devices are decided where one more image per device saves no device", () => {
  const outcomes = [1, 2, 3].flatMap(() => [ran(1, 10), ran(2, 20)]);
  const of = (images: number) =>
    nextProcess(state(outcomes, { candidates: [1, 2], question: question({ objective: "devices", images }) })).kind;
  assert.equal(of(500), "decided", "one device does it either way");
  assert.equal(of(100_000), "measure");
});

test("a plan with a confidence is measured until enough processes were repeated", () => {
  const outcomes = [1, 2, 4, 8, 16, 16, 16, 16].map((size) => ran(size, 10 + size));
  assert.deepEqual(told(nextProcess(state(outcomes))), ["decided"]);
  assert.deepEqual(told(nextProcess(state(outcomes, { leastRepeated: 5 }))), [16, "leader"]);
  assert.deepEqual(told(nextProcess(state(outcomes, { leastRepeated: 4 }))), ["decided"]);
});

test("a size that ran, but whose processes fail five times in turn, is not measured until the budget is spent", () => {
  const failed = { status: "failed", miniBatchSize: 8, durationMs: 1000 } as const;
  const looked = [1, 2, 4].map((size) => ran(size, 1000 * size));
  const alike = [...looked, ran(8, 800), ran(16, 1590), ran(16, 1600)];
  const at = (failures: number) => nextProcess(state([...alike, ...Array.from({ length: failures }, () => failed)]));
  assert.deepEqual(told(at(4)), [8, "leader"]);
  const end = at(5);
  assert.ok(end.kind === "undecided");
  assert.deepEqual([end.failing, end.isSpent], [8, false]);
});

test("a size whose processes fail twice is given up, and where nothing runs that is the end", () => {
  const failed = { status: "failed", miniBatchSize: 1, durationMs: 1000 } as const;
  assert.deepEqual(told(nextProcess(state([failed]))), [1, "first look"]);
  assert.deepEqual(told(nextProcess(state([failed, failed]))), [2, "first look"]);
  assert.deepEqual(told(nextProcess(state([failed, failed, ranOut(2)]))), ["nothing ran"]);
});

test("decided is right, in a fraction of the grid's time and as good as a repeated grid, in the worlds of bench:truth", async () => {
  const cases = simulatedCases(52, 7, { spells: 0, withPulse: false });
  const until = await judgeMethod(cases, (replay) => untilDecided(replay));
  const again = await judgeMethod(cases, (replay) => fullGrid(replay, "the grid again"));
  assert.ok(until.decided >= 0.6, `${until.decided} decided`);
  assert.ok(until.right >= 0.85, `${until.right} right`);
  assert.ok(until.timeOfGrid <= 0.07, `${until.timeOfGrid} of the grid's time`);
  assert.ok(until.within >= again.within - 0.1, `${until.within} within, the grid again ${again.within}`);
  assert.ok(until.regret <= again.regret + 0.01, `${until.regret} lost, the grid again ${again.regret}`);
});
