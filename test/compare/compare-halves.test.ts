import assert from "node:assert/strict";
import { test } from "node:test";
import { simulatedSide, WORLDS } from "../../bench/compare/simulated-side.js";
import { compareHalves, halvesSentence } from "../../src/compare/compare-halves.js";
import { isDifference } from "../../src/compare/verdict.js";
import { seededRandom } from "../../src/core/seeded-random.js";
import type { TrialRow } from "../../src/dataset/tables.js";

const DATASETS = 60;
/** By the binomial distribution, 60 draws of 5 % exceed 7 once in a hundred. */
const MOST_ALARMS = 7;

/** Six trials of each cell a minute apart, told in another order than that in which they were measured. */
function measured(random: ReturnType<typeof seededRandom>, slowerAfter3: number): TrialRow[] {
  const [world] = WORLDS;
  assert.ok(world !== undefined);
  const numbers = new Map<string, number>();
  const trials = simulatedSide(world, 6, random).map((trial) => {
    const cell = `${trial.inputSizePx} ${trial.miniBatchSize}`;
    const number = (numbers.get(cell) ?? 0) + 1;
    numbers.set(cell, number);
    return {
      ...trial,
      startedAt: new Date(Date.UTC(2026, 0, 1, 0, number)).toISOString(),
      steadyMedianMs: (trial.steadyMedianMs ?? 0) * (number > 3 ? slowerAfter3 : 1),
    };
  });
  return random.shuffle(trials);
}

test("a machine that stayed as it was differs from itself as rarely as promised", () => {
  const random = seededRandom(3, "halves");
  let alarms = 0;
  for (let dataset = 0; dataset < DATASETS; dataset++) {
    const quantities = compareHalves(measured(random, 1));
    if (halvesSentence(quantities).includes("it differs in")) alarms++;
    for (const { cells } of quantities)
      assert.ok(cells.every(({ trialsA, trialsB }) => trialsA === 3 && trialsB === 3));
  }
  assert.ok(alarms <= MOST_ALARMS, `${alarms} of ${DATASETS}`);
});

test("one that became slower while it was measured differs from itself, by as much", () => {
  const [latency] = compareHalves(measured(seededRandom(4, "halves"), 1.5));
  assert.ok(latency !== undefined && latency.quantity === "latency_ms");
  assert.equal(latency.overall.verdict, "slower");
  assert.ok(Math.abs(latency.overall.ratio / 1.5 - 1) < 0.1, `${latency.overall.ratio}`);
  assert.ok(latency.cells.some(({ ratio }) => isDifference(ratio.verdict)));
  assert.match(halvesSentence([latency]), /it differs in [1-9]\d* of \d+ ratios of cells and 1 of 1 overall/);
});

test("cells that were measured once have no halves", () => {
  const [trial] = measured(seededRandom(5, "halves"), 1);
  assert.ok(trial !== undefined);
  assert.throws(() => compareHalves([trial]), { name: "UserError", message: /no cell was repeated/ });
});
