import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../src/core/seeded-random.js";
import { attemptId } from "../../src/dataset/read-trials.js";
import { precisionChooser } from "../../src/decide/precision-chooser.js";
import { designSchema } from "../../src/design/design.js";
import { spellsOf } from "../../src/fit/spells.js";
import type { ChosenTrial, MeasuredTrials } from "../../src/measure/trial-chooser.js";
import { sampleTrial } from "../dataset/sample-dataset.js";
import { machineSpeed } from "../worlds/machine-speed.js";

const DESIGN = designSchema.parse({
  ...{ name: "small", input_sizes_px: [32], mini_batch_sizes: [1, 4, 16], devices: [{ threads: 1 }], trials: 2 },
});
const GOAL = { text: "precision 5%", halfWidth: 0.05, budgetMs: Number.POSITIVE_INFINITY };

/** A device with 3 % between processes whose memory ends behind mini-batches of 9. */
function device(seed: number) {
  const random = seededRandom(seed, "test");
  return ({ planned, choice }: ChosenTrial): MeasuredTrials => {
    const { trialId, cell, trial } = planned;
    const { miniBatchSize } = cell;
    const ended =
      miniBatchSize > 9
        ? ({ status: "out_of_memory" } as const)
        : { steadyMedianMs: 10 * miniBatchSize * Math.exp(0.03 * random.normal()) };
    return {
      trials: [sampleTrial(trialId, { trial, miniBatchSize, inputSizePx: 32, ...cell.device, ...ended })],
      inferences: [],
      pulses: [],
      choices: [{ ...choice, trialId, tookMs: 1000 }],
    };
  };
}

async function run(goal: typeof GOAL, start: readonly MeasuredTrials[] = [], measure = device(1)) {
  const chooser = precisionChooser(DESIGN, goal);
  for (const before of start) chooser.learn(before);
  const all = [...start];
  for (let next = await chooser.next(); next !== undefined; next = await chooser.next()) {
    const measured = measure(next);
    chooser.learn(measured);
    all.push(measured);
    assert.ok(all.length < 500);
  }
  return { all, end: chooser.end() };
}

test("every cell is looked at, the edge of memory is halved, and what runs is repeated until it is known", async () => {
  const { all, end } = await run(GOAL);
  const reasons = all.map(({ choices }) => choices[0]?.reason);
  assert.deepEqual(reasons.slice(0, 3), ["first look", "first look", "first look"]);
  assert.equal(reasons.filter((reason) => reason === "memory edge").length, 3);
  const counts = new Map<number, number>();
  for (const { trials } of all) {
    for (const { miniBatchSize } of trials) counts.set(miniBatchSize, (counts.get(miniBatchSize) ?? 0) + 1);
  }
  assert.ok((counts.get(1) ?? 0) >= 6 && (counts.get(4) ?? 0) >= 6, "five processes and one more");
  assert.equal(counts.get(16), 1);
  assert.equal(end.isDecided, true);
  assert.match(end.sentences[0] ?? "", /^decided: 2 of 2 cells within ±5.0 %$/);
});

test("on a machine with slow spells it goes on until it has seen enough of them, whose mean all cells share", async () => {
  const random = seededRandom(3, "spells");
  const speed = machineSpeed(random, 0.08);
  let second = 0;
  const spelling = (chosen: ChosenTrial): MeasuredTrials => {
    const measured = device(1)(chosen);
    const trials = measured.trials.map((trial) => ({
      ...{ ...trial, startedAt: new Date(1000 * second++).toISOString() },
      ...(trial.status === "ok" && {
        steadyMedianMs: 10 * trial.miniBatchSize * Math.exp(speed() + 0.02 * random.normal()),
      }),
    }));
    return { ...measured, trials };
  };
  const { all, end } = await run(GOAL, [], spelling);
  const ok = all.flatMap(({ trials }) => trials).filter(({ status }) => status === "ok");
  assert.equal(end.isDecided, true);
  // Noise of 8 % that each process had by itself would take fourteen of either cell.
  assert.ok(ok.length > 60, String(ok.length));
  const shared = spellsOf(ok, "steadyMedianMs") ?? assert.fail("no spells");
  assert.ok(shared.probability > 0.99 && 1.96 * Math.sqrt(shared.ofMean) <= Math.log1p(0.05), JSON.stringify(shared));
});

test("it goes on where it stopped, and where its budget is spent it says what is open", async () => {
  const { all } = await run(GOAL);
  const stopped = all.slice(0, 7);
  const chooser = precisionChooser(DESIGN, GOAL);
  for (const before of stopped) chooser.learn(before);
  assert.equal((await chooser.next())?.planned.trialId, all[7]?.trials[0]?.trialId);
  const { all: few, end } = await run({ ...GOAL, budgetMs: 7000 });
  assert.equal(few.length, 7);
  assert.equal(end.isDecided, false);
  assert.match(
    end.sentences.join("; "),
    /^undecided, the budget of 7 s is spent: 0 of 2 cells .*; some \d+ more trials would do$/,
  );
});

test("a trial that was measured again after a crash is one of the first, and gets no second row of its id", () => {
  const chooser = precisionChooser(DESIGN, GOAL);
  const next = chooser.next() as ChosenTrial | undefined;
  assert.ok(next !== undefined);
  const { trialId, cell, trial } = next.planned;
  const row = { trial, miniBatchSize: cell.miniBatchSize, inputSizePx: 32, ...cell.device, steadyMedianMs: 10 };
  const trials = [sampleTrial(attemptId(trialId, 2), row)];
  chooser.learn({ trials, inferences: [], pulses: [], choices: [] });
  assert.notEqual((chooser.next() as ChosenTrial | undefined)?.planned.trialId, trialId);
});
