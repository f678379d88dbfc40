import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChoiceRow, TrialRow } from "../../src/dataset/tables.js";
import { type PlanGoal, planChooser } from "../../src/decide/plan-chooser.js";
import type { PlanPart } from "../../src/decide/plan-part.js";
import { standingIn } from "../../src/decide/standing-in.js";
import { trialOutcomes } from "../../src/decide/trial-outcomes.js";
import { designSchema } from "../../src/design/design.js";
import type { ChosenTrial, MeasuredTrials } from "../../src/measure/trial-chooser.js";
import { sampleTrial } from "../dataset/sample-dataset.js";
import { question } from "./decision.js";

const DESIGN = designSchema.parse({
  ...{
    name: "small",
    input_sizes_px: [32, 64],
    mini_batch_sizes: [1, 2, 4],
    devices: [{ threads: 1 }, { threads: 2 }],
  },
});
const [DEVICE] = DESIGN.devices;
const PART: PlanPart = {
  ...{ question: question(), inputSizePx: 32, start: "loaded", devices: 3 },
  device: DEVICE ?? { provider: "cpu", threads: 1, concurrent: 1 },
};
const GOAL: PlanGoal = { text: "plan relaxed --budget 10s", parts: [PART], budgetMs: 60_000, leastRepeated: 0 };

/** What a chosen trial measures: a mini-batch of b takes 20 + 10 b ms, and the odd trials 2 % longer. */
function measured({ planned, choice }: ChosenTrial, more: Partial<TrialRow> = {}): MeasuredTrials {
  const { trialId, cell, trial } = planned;
  const { inputSizePx, miniBatchSize, device } = cell;
  const latencyMs = (20 + 10 * miniBatchSize) * (trial % 2 === 1 ? 1.02 : 1);
  const row = { trial, inputSizePx, miniBatchSize, ...device, loadMs: 500, inferences: 2 };
  return {
    trials: [sampleTrial(trialId, { ...row, steadyMedianMs: 1, firstInferenceMs: 3 * latencyMs, ...more })],
    inferences: [
      { trialId, iteration: 0, startedMs: 0, latencyMs: 3 * latencyMs },
      { trialId, iteration: 1, startedMs: 0, latencyMs },
    ],
    pulses: [],
    choices: [{ ...choice, trialId, tookMs: 2000 }],
  };
}

/** All that is chosen until the end. */
function chosenBy(goal: PlanGoal, start: readonly MeasuredTrials[] = []): readonly MeasuredTrials[] {
  const chooser = planChooser(DESIGN, goal);
  for (const before of start) chooser.learn(before);
  const all = [...start];
  for (let next = chooser.next(); next !== undefined; next = chooser.next()) {
    all.push(measured(next as ChosenTrial));
    chooser.learn(all.at(-1) as MeasuredTrials);
    assert.ok(all.length < 40);
  }
  assert.equal(chooser.end().isDecided, true);
  return all;
}

test("each trial says what for, why, and how the question stood, and its id is the next of its cell", () => {
  const all = chosenBy(GOAL);
  const choices = all.flatMap(({ choices: rows }) => rows);
  assert.deepEqual(
    choices.slice(0, 4).map(({ trialId, reason, answerMiniBatchSize }) => [trialId, reason, answerMiniBatchSize]),
    [
      ["cpu-1t-32px-1mb-1", "first look", undefined],
      ["cpu-1t-32px-2mb-1", "first look", 1],
      ["cpu-1t-32px-4mb-1", "first look", 2],
      ["cpu-1t-32px-4mb-2", "leader", 4],
    ],
  );
  for (const { question: text, because, reason, probability } of choices) {
    assert.equal(text, GOAL.text);
    assert.ok(because.length > 10);
    assert.equal(probability === undefined, reason === "first look");
  }
});

test("its processes are not idle first and are steady for less time than the design's", async () => {
  const { idle_ms: idleMs, stopping } = (await planChooser(DESIGN, GOAL).next())?.measuring ?? {};
  assert.equal(idleMs, 0);
  assert.ok(stopping !== undefined && stopping.max_steady_ms < DESIGN.stopping.max_steady_ms / 10);
});

test("a sweep that goes on chooses as if it had not been stopped, and one that ended chooses nothing more", () => {
  const all = chosenBy(GOAL);
  for (let count = 0; count <= all.length; count++) assert.deepEqual(chosenBy(GOAL, all.slice(0, count)), all);
});

test("trials of other sizes, devices and questions are not its own, nor is their time", () => {
  const chooser = planChooser(DESIGN, GOAL);
  const first = chooser.next() as ChosenTrial;
  chooser.learn(measured(first, { inputSizePx: 64 }));
  chooser.learn(measured(first, { threads: 2 }));
  assert.equal((chooser.next() as ChosenTrial).planned.trialId, "cpu-1t-32px-1mb-1");
  const other: readonly ChoiceRow[] = [{ ...first.choice, trialId: "x", question: "plan soft", tookMs: 1e6 }];
  const before = chooser.end().spentMs;
  chooser.learn({ trials: [], inferences: [], pulses: [], choices: other });
  assert.deepEqual([chooser.end().spentMs, before], [4000, 4000]);
});

test("the pulse before a trial is what is known of the machine, and a skipped trial says nothing", () => {
  const first = planChooser(DESIGN, GOAL).next() as ChosenTrial;
  const { trialId } = first.planned;
  const pulses = [{ trialId, pulseBeforeMs: 3, pulseAfterMs: 4, touchUsPerPage: undefined }];
  const [outcome] = trialOutcomes({ ...measured(first), pulses }, PART);
  assert.ok(outcome?.status === "ran" && outcome.pulseMs === 3 && outcome.durationMs === 2000);
  assert.deepEqual(trialOutcomes(measured(first, { status: "skipped" }), PART), []);
  assert.equal(trialOutcomes(measured(first, { status: "timeout" }), PART)[0]?.status, "failed");
});

test("the start counts what a plan counts: with a load of 500 ms a short time holds fewer mini-batches", () => {
  const capacity = (start: PlanPart["start"]) => {
    const chooser = planChooser(DESIGN, { ...GOAL, parts: [{ ...PART, start, question: question({ timeMs: 1000 }) }] });
    chooser.learn(measured(chooser.next() as ChosenTrial));
    const [step] = chooser.steps();
    return (step && standingIn(step)?.capacity) ?? Number.NaN;
  };
  const expected = (firstMs: number) => (1000 - firstMs) / 30.6 + 0.5;
  const near = (value: number, wanted: number, within: number) =>
    assert.ok(Math.abs(value / wanted - 1) < within, `${value} ${wanted}`);
  near(capacity("warm"), expected(30.6), 0.08);
  near(capacity("loaded"), expected(3 * 30.6), 0.08);
  // What one process says of a beginning that takes half of the time leaves more open.
  near(capacity("cold"), expected(500 + 3 * 30.6), 0.2);
});

test("the end is told in words: the answer, how sure, and what is missing", () => {
  const chooser = planChooser(DESIGN, { ...GOAL, budgetMs: 3000 });
  for (let next = chooser.next(); next !== undefined; next = chooser.next()) {
    chooser.learn(measured(next as ChosenTrial));
  }
  const { sentences, isDecided, figures } = chooser.end();
  assert.equal(isDecided, false);
  assert.match(
    sentences[0] ?? "",
    /^undecided, the budget of 3 s is spent: mini-batch size 2, about \d+ images; .* without mini-batch size 4$/,
  );
  assert.equal(sentences.length, 1, "nobody knows what it would take");
  assert.deepEqual(figures, {
    ...{ mini_batch_size: 2, unmeasured_mini_batch_sizes: [4] },
    ...{ budget_is_spent: true, failing_mini_batch_size: undefined },
  });
});

test("a sweep that is interrupted before all candidates were looked at does not say how sure it is", () => {
  const chooser = planChooser(DESIGN, GOAL);
  for (const _ of [1, 2]) chooser.learn(measured(chooser.next() as ChosenTrial));
  const { sentences, figures, isDecided } = chooser.end();
  assert.equal(isDecided, false);
  assert.deepEqual(figures, { mini_batch_size: 2, unmeasured_mini_batch_sizes: [4] });
  assert.match(
    sentences.join("\n"),
    /^not decided yet: mini-batch size 2, .*; the best of those measured, without mini-batch size 4$/,
  );
});

test("a near tie that the budget would not tell ends early, says so, and goes on with a larger budget", () => {
  // As long for each image, and 20 % more or less in turn: some hundred processes of each would tell.
  const alike = (next: ChosenTrial) => {
    const { miniBatchSize } = next.planned.cell;
    const latencyMs = 100 * miniBatchSize * (next.planned.trial % 2 === 1 ? 1.2 : 0.8);
    const { trials, ...tables } = measured(next);
    return { ...tables, trials, inferences: Array.from(tables.inferences, (row) => ({ ...row, latencyMs })) };
  };
  const chooser = planChooser(DESIGN, GOAL);
  const all: MeasuredTrials[] = [];
  for (let next = chooser.next(); next !== undefined; next = chooser.next()) {
    all.push(alike(next as ChosenTrial));
    chooser.learn(all.at(-1) as MeasuredTrials);
  }
  const { spentMs, sentences, figures, isDecided } = chooser.end();
  assert.deepEqual([isDecided, figures.budget_is_spent], [false, false]);
  assert.ok(spentMs < 50_000, `${spentMs} ms of 60 s`);
  assert.match(
    sentences[0] ?? "",
    /^undecided, what is left of the budget of 1 min, \d+ s, would hardly tell: mini-batch size \d, /,
  );
  assert.match(sentences[1] ?? "", /^runner-up: .* some \d+ more trials of both, .* may tell$/);
  const larger = planChooser(DESIGN, { ...GOAL, budgetMs: 6_000_000 });
  for (const before of all) larger.learn(before);
  assert.ok(larger.next() !== undefined);
});

test("several parts are looked at one after the other, then what needs least time; a near tie comes last", () => {
  const [, second = PART.device] = DESIGN.devices;
  const parts = [PART, { ...PART, device: second }, { ...PART, inputSizePx: 64 }];
  const goal = { ...GOAL, parts, budgetMs: 200_000 };
  const all = chosenBy(goal);
  const ids = all.flatMap(({ trials }) => trials.map(({ trialId }) => trialId));
  assert.deepEqual(
    ids.slice(0, 9).map((id) => id.replace(/mb-1$/, "")),
    ["cpu-1t-32px-", "cpu-2t-32px-", "cpu-1t-64px-"].flatMap((cell) => [1, 2, 4].map((size) => `${cell}${size}`)),
  );
  assert.equal(new Set(ids).size, ids.length);
  const chooser = planChooser(DESIGN, goal);
  // As a dataset is read that a sweep goes on with: its inferences once, row by row.
  const rows = all.flatMap(({ inferences }) => [...inferences]).values();
  const [trials, choices] = [all.flatMap((one) => one.trials), all.flatMap((one) => one.choices)];
  chooser.learn({ trials, choices, pulses: [], inferences: rows });
  const { figures, sentences, isDecided } = chooser.end();
  assert.equal(isDecided, true);
  const told = figures.parts as readonly { readonly mini_batch_size: number; readonly probability: number }[];
  assert.deepEqual(
    told.map(({ mini_batch_size: size }) => size),
    [4, 4, 4],
  );
  assert.ok(told.every(({ probability }) => probability >= 0.95 ** (1 / 3)));
  assert.equal(
    figures.probability,
    told.reduce((product, { probability }) => product * probability, 1),
  );
  assert.match(sentences[1] ?? "", /^cpu-2t, 32 px: decided: mini-batch size 4, about \d+ images; /);

  const tied = planChooser(DESIGN, { ...goal, budgetMs: 40_000 });
  for (let next = tied.next(); next !== undefined; next = tied.next()) {
    const { inputSizePx, miniBatchSize, device } = (next as ChosenTrial).planned.cell;
    // Of one device every image takes as long, so that no mini-batch size is better than another one.
    const latencyMs = device.threads === 2 ? 20 * miniBatchSize : 20 + 10 * miniBatchSize;
    const own = measured(next as ChosenTrial);
    tied.learn({
      ...own,
      inferences: own.inferences && [...own.inferences].map((row) => ({ ...row, latencyMs })),
      trials: own.trials.map((trial) => ({ ...trial, inputSizePx })),
    });
  }
  assert.deepEqual(
    tied.steps().map(({ kind }) => kind),
    ["decided", "undecided", "decided"],
  );
});

test("a part does without what is larger than it may run, and is told apart by that", () => {
  const goal = { ...GOAL, parts: [PART, { ...PART, maxMiniBatchSize: 2 }] };
  const all = chosenBy(goal);
  const chooser = planChooser(DESIGN, goal);
  for (const one of all) chooser.learn(one);
  const { figures, sentences } = chooser.end();
  const told = figures.parts as readonly Record<string, unknown>[];
  assert.deepEqual(
    told.map(({ mini_batch_size: size, max_mini_batch_size: most }) => [size, most]),
    [
      [4, undefined],
      [2, 2],
    ],
  );
  assert.deepEqual(
    sentences.map((line) => line.replace(/: decided.*/, "")),
    ["cpu-1t, 32 px", "cpu-1t, 32 px, up to mini-batch size 2"],
  );
});

test("what a promise still needs is said, and that nothing fits", () => {
  const endOf = (goal: PlanGoal) => {
    const chooser = planChooser(DESIGN, goal);
    for (let next = chooser.next(); next !== undefined; next = chooser.next()) {
      chooser.learn(measured(next as ChosenTrial));
    }
    return chooser.end();
  };
  const promising = endOf({ ...GOAL, leastRepeated: 99, budgetMs: 20_000 });
  assert.equal(promising.isDecided, false);
  assert.match(
    promising.sentences.join("\n"),
    /spent: mini-batch size 4.*\nwhat the plan promises needs 9\d more trials of repeated/,
  );
  assert.ok(Number(promising.figures.trials_needed) >= 90);
  const short = { ...PART, question: question({ objective: "devices", images: 100, timeMs: 0.01 }) };
  assert.match(
    endOf({ ...GOAL, parts: [short] }).sentences[0] ?? "",
    /mini-batch size 1, not one image fits a device; /,
  );
  const exceeding = planChooser(DESIGN, GOAL);
  exceeding.learn(measured(exceeding.next() as ChosenTrial, { status: "out_of_memory" }));
  assert.equal(exceeding.next(), undefined);
  assert.deepEqual(exceeding.end().sentences, [
    "undecided: no mini-batch size ran: mini-batch size 1 ran out of memory, which a larger budget won't change",
  ]);
  const first = endOf({ ...GOAL, budgetMs: 1 }).figures;
  assert.deepEqual([first.probability, first.unmeasured_mini_batch_sizes], [undefined, [2, 4]]);
});
