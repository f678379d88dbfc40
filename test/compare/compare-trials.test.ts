import assert from "node:assert/strict";
import { test } from "node:test";
import { simulatedPairs, simulatedSide, WORLDS } from "../../bench/compare/simulated-side.js";
import { bestMiniBatches } from "../../src/compare/best-mini-batch.js";
import { compareTrials } from "../../src/compare/compare-trials.js";
import { failsOn } from "../../src/compare/fails-on.js";
import { lostCells } from "../../src/compare/lost-cells.js";
import { isDifference } from "../../src/compare/verdict.js";
import { seededRandom } from "../../src/core/seeded-random.js";
import type { Interval } from "../../src/core/statistics.js";
import { simulatedTrial, tableTrials } from "../fit/simulated-device.js";

const COMPARISONS = 80;
/** By the binomial distribution, 80 draws of 5 % exceed 9 once in a hundred. */
const MOST_ALARMS = 9;

test("the same measured twice is called different as rarely as promised, and intervals hold the truth, where noise falls with the mini-batch, too", () => {
  const world = WORLDS.find(({ name }) => name === "sd 15 % × b^-0.3");
  assert.ok(world !== undefined);
  const random = seededRandom(1, world.name);
  let [alarms, overallHeld] = [0, 0];
  const heldAt = new Map<string, number>();
  for (let comparison = 0; comparison < COMPARISONS; comparison++) {
    const [one] = compareTrials(simulatedSide(world, 3, random), simulatedSide(world, 3, random));
    assert.ok(one !== undefined);
    if ([one.overall, ...one.cells.map(({ ratio }) => ratio)].some(({ verdict }) => isDifference(verdict))) alarms++;
    for (const { inputSizePx, miniBatchSize, ratio } of one.cells) {
      const cell = `${inputSizePx} ${miniBatchSize}`;
      heldAt.set(cell, (heldAt.get(cell) ?? 0) + holdsOne(ratio.interval));
    }
    overallHeld += holdsOne(one.overall.interval);
  }
  assert.ok(alarms <= MOST_ALARMS, `${alarms} of ${COMPARISONS}`);
  const held = [...heldAt.values()].reduce((sum, times) => sum + times, 0) / COMPARISONS / heldAt.size;
  assert.ok(held > 0.94 && held < 0.975, `${held} of the cells`);
  assert.ok(Math.min(...heldAt.values()) / COMPARISONS > 0.86, "in the noisiest cell, too");
  assert.ok(overallHeld / COMPARISONS > 0.89, `${overallHeld} overall`);
});

test("in turns a neighbour's spells cost nothing: intervals hold and are as narrow as without him", () => {
  const [world] = WORLDS;
  assert.ok(world !== undefined);
  const random = seededRandom(5, "turns");
  let [alarms, held, cells, narrower] = [0, 0, 0, 0];
  for (let comparison = 0; comparison < COMPARISONS; comparison++) {
    const { a, b, pairs } = simulatedPairs(world, 5, random, 0.3);
    const [inTurns] = compareTrials(a, b, undefined, pairs);
    const [apart] = compareTrials(a, b);
    assert.ok(inTurns !== undefined && apart !== undefined);
    if ([inTurns.overall, ...inTurns.cells.map(({ ratio }) => ratio)].some(({ verdict }) => isDifference(verdict))) {
      alarms++;
    }
    for (const [index, { ratio }] of inTurns.cells.entries()) {
      held += holdsOne(ratio.interval);
      cells++;
      narrower += width(ratio.interval) < 0.6 * width(apart.cells[index]?.ratio.interval) ? 1 : 0;
    }
  }
  assert.ok(alarms <= MOST_ALARMS, `${alarms} of ${COMPARISONS}`);
  assert.ok(held / cells > 0.93 && held / cells < 0.975, `${held / cells} of the cells`);
  assert.ok(narrower / cells > 0.9, `${narrower / cells} of the intervals`);
});

function width(interval: Interval | undefined): number {
  return interval === undefined ? Number.POSITIVE_INFINITY : Math.log(interval.high / interval.low);
}

function holdsOne(interval: Interval | undefined): number {
  return interval !== undefined && interval.low <= 1 && interval.high >= 1 ? 1 : 0;
}

test("a device that is a third slower is called slower overall, faster the other way round, and cells that are sure, too", () => {
  const [world] = WORLDS;
  assert.ok(world !== undefined);
  const random = seededRandom(3, "slower");
  const [a, b] = [simulatedSide(world, 5, random), simulatedSide(world, 5, random, 4 / 3)];
  const [there] = compareTrials(a, b);
  const [back] = compareTrials(b, a);
  assert.deepEqual([there?.overall.verdict, back?.overall.verdict], ["slower", "faster"]);
  const { low = 0, high = 0 } = there?.overall.interval ?? {};
  assert.ok(low < 4 / 3 && 4 / 3 < high && high / low < 1.15, `${low} to ${high}`);
  assert.ok((there?.betweenCells ?? 1) < 0.05, "cells differ by noise alone");
  const slower = there?.cells.filter(({ ratio }) => ratio.verdict === "slower").length ?? 0;
  assert.ok(slower >= 5, `${slower} of 20 cells`);
  assert.equal(
    there?.cells.some(({ ratio }) => ratio.verdict === "faster"),
    false,
  );
});

test("ratios are of geometric means over processes, by hand, with memory beside times", () => {
  const at = (trial: number, ms: number, mib: number) => ({
    ...simulatedTrial(64, 1, Infinity, trial),
    ...{ steadyMedianMs: ms, firstInferenceMs: 10 * ms, peakMemoryMib: mib },
  });
  const crashed = { ...at(9, 1e9, 1), status: "crashed" as const };
  const [latency, warmup, memory] = compareTrials(
    [at(1, 1, 100), at(2, 4, 100), crashed],
    [at(1, 8, 300), at(2, 2, 300), crashed],
  );
  assert.ok(Math.abs((latency?.cells[0]?.ratio.ratio ?? 0) - 2) < 1e-12, "the square root of 8 × 2 over that of 1 × 4");
  assert.equal(warmup?.overall.ratio.toFixed(9), "2.000000000");
  assert.deepEqual([memory?.overall.ratio.toFixed(9), memory?.overall.verdict], ["3.000000000", "more"]);
  assert.equal(latency?.overall.verdict, "undecided", "two processes that differ fourfold say nothing");
});

test("the overall ratio of one cell is that of Welch's test, its probability twice as large for being one of two families", () => {
  const side = (...latenciesMs: readonly number[]) =>
    latenciesMs.map((steadyMedianMs, index) => ({
      ...simulatedTrial(64, 1, Infinity, index + 1),
      ...{ steadyMedianMs, firstInferenceMs: undefined, peakMemoryMib: undefined },
    }));
  const [latency, ...others] = compareTrials(side(10, 11, 12.5), side(14, 15, 15.5, 17, 13));
  // scipy 1.17: ttest_ind(ln b, ln a, equal_var=False) has p = 0.021939917.
  assert.equal(others.length, 0, "nothing else was measured");
  assert.equal(latency?.overall.adjustedP?.toFixed(9), "0.043879834");
  assert.equal(latency?.overall.verdict, "slower");
  const [again] = compareTrials(side(10, 11, 12.5), side(14, 15, 15.5, 17, 13), 1);
  assert.equal(again?.overall.verdict, "same", "the interval of 1.07 to 1.66 is within a margin of 100 %");
});

test("cells that were not repeated have the noise of those that were, and the overall ratio is no surer than those say", () => {
  const random = seededRandom(1, "hardly repeated");
  const side = (repeats: number) =>
    Array.from({ length: 12 }, (_, cell) => 2 ** cell).flatMap((batch) =>
      Array.from({ length: batch === 1 ? repeats : 1 }, (_, trial) => ({
        ...simulatedTrial(224, batch, Infinity, trial + 1),
        ...{ steadyMedianMs: Math.exp(0.1 * random.normal()), firstInferenceMs: undefined, peakMemoryMib: undefined },
      })),
    );
  const comparisons = 400;
  const held = Array.from({ length: comparisons }, () => compareTrials(side(3), side(3))[0]?.overall.interval);
  const share = held.reduce((sum, interval) => sum + holdsOne(interval), 0) / comparisons;
  assert.ok(share > 0.93, `${share}`);
});

test("one process a cell gives ratios without an interval or a verdict, and no cell in common is a mistake", () => {
  const [one] = compareTrials([simulatedTrial(64, 1, Infinity)], [simulatedTrial(64, 1, Infinity)]);
  assert.deepEqual([one?.overall.ratio, one?.overall.interval, one?.overall.verdict], [1, undefined, "undecided"]);
  assert.throws(
    () => compareTrials([simulatedTrial(64, 1, Infinity)], [simulatedTrial(64, 2, Infinity)]),
    /^UserError: compare: no cell ended well in both A and B, nothing to compare$/,
  );
});

test("a cell that ran on one side and out of memory on the other is listed, with how it ended on each", () => {
  // By hand: a cell of 224 px takes 150 MiB and 25.1 an image.
  const cells = [1, 2, 4, 8];
  const a = cells.map((size) => simulatedTrial(224, size, 400));
  const b = cells.map((size) => simulatedTrial(224, size, 220));
  assert.deepEqual(lostCells(a, b), [
    { inputSizePx: 224, miniBatchSize: 4, a: "ok", b: "out_of_memory" },
    { inputSizePx: 224, miniBatchSize: 8, a: "ok", b: "out_of_memory" },
  ]);
  assert.deepEqual(
    [
      failsOn({ quantities: [], lost: lostCells(a, b) }, "slower"),
      failsOn({ quantities: [], lost: lostCells(a, b) }, "changed"),
    ],
    [false, true],
  );
  assert.deepEqual(lostCells(b.slice(0, 1), a), [], "what one side did not try is no difference");
  assert.deepEqual(lostCells(a, b.slice(0, 1)), []);
});

test("a plan keeps its mini-batch where it is the best or nearly so there, and changes where it loses or does not run", () => {
  // Images a second by hand: A is best with 4; there B takes 4 / 5 × 2 / 1.2 = 0.48 of what it takes with 2 (0.8 of
  // 1.67).
  const a = tableTrials({ 1: 1, 2: 1.5, 4: 2 });
  const b = tableTrials({ 1: 1, 2: 1.2, 4: 5 });
  const [changes] = bestMiniBatches(a, b, 0.05);
  assert.deepEqual([changes?.a, changes?.b, changes?.plan], [4, 2, "changes"]);
  assert.ok(Math.abs((changes?.loss ?? 0) - 0.52) < 1e-9);
  // t of 0.9875 for two other cells, with the five degrees that six squares leave beside a slope, is 3.1634.
  const interval = [changes?.interval?.low.toFixed(6), changes?.interval?.high.toFixed(6)];
  assert.deepEqual(interval, ["0.513761", "0.526159"]);
  const untried = bestMiniBatches(a, tableTrials({ 1: 1, 2: 1.2, 4: 5, 8: 1 }), 0.05);
  assert.equal(untried[0]?.b, 2, "what A did not try is no choice");
  assert.deepEqual(bestMiniBatches(a, a, 0.05), [
    { inputSizePx: 224, a: 4, b: 4, loss: 0, interval: { low: 0, high: 0 }, plan: "keeps" },
  ]);
  const nearly = bestMiniBatches(a, tableTrials({ 1: 1, 2: 1.2, 4: 2.42 }), 0.05);
  assert.deepEqual([nearly[0]?.b, nearly[0]?.plan], [2, "keeps"], "0.8 % less, surely below 5 %");
  const noisy = bestMiniBatches(a, tableTrials({ 1: 1, 2: 1.2, 4: 2.6 }, { scatter: [0.7, 1, 1.4] }), 0.05);
  assert.deepEqual([noisy[0]?.b, noisy[0]?.plan], [2, "undecided"]);
  const small = b.map((trial) => (trial.miniBatchSize === 4 ? { ...trial, status: "out_of_memory" as const } : trial));
  assert.deepEqual(bestMiniBatches(a, small, 0.05), [
    { inputSizePx: 224, a: 4, b: 2, loss: undefined, interval: undefined, plan: "changes" },
  ]);
});
