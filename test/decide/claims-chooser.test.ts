import assert from "node:assert/strict";
import { test } from "node:test";
import { studyClaims } from "../../src/claims/claim.js";
import type { JudgedClaim, Verdict } from "../../src/claims/judge-claims.js";
import type { TrialRow } from "../../src/dataset/tables.js";
import { claimsChooser } from "../../src/decide/claims-chooser.js";
import { designSchema } from "../../src/design/design.js";
import type { ChosenTrial, MeasuredTrials } from "../../src/measure/trial-chooser.js";
import { sampleTrial } from "../dataset/sample-dataset.js";

const DESIGN = designSchema.parse({
  ...{ name: "small", input_sizes_px: [32], mini_batch_sizes: [1, 2], devices: [{ threads: 1 }], trials: 3 },
});
const CLAIMS = studyClaims().slice(0, 2);

/** Verdicts by the number of rounds: the first claim is reproduced at once, the second from some round on. */
function judgeFrom(round: number) {
  return (trials: readonly TrialRow[]): Promise<readonly JudgedClaim[]> => {
    const rounds = Math.max(0, ...trials.map(({ trial }) => trial));
    const verdicts: readonly Verdict[] = ["reproduced", rounds >= round ? "not reproduced" : "inconclusive"];
    return Promise.resolve(
      CLAIMS.map((claim, index) => ({
        ...{ device: "cpu-1t", claim, conditions: [] },
        verdict: verdicts[index] ?? "inconclusive",
      })),
    );
  };
}

function measured({ planned, choice }: ChosenTrial): MeasuredTrials {
  const { trialId, cell, trial } = planned;
  const row = { trial, miniBatchSize: cell.miniBatchSize, inputSizePx: 32, ...cell.device, steadyMedianMs: 10 };
  return {
    ...{ trials: [sampleTrial(trialId, row)], inferences: [], pulses: [] },
    choices: [{ ...choice, trialId, tookMs: 1000 }],
  };
}

async function run(round: number, budgetMs = Number.POSITIVE_INFINITY, start: readonly MeasuredTrials[] = []) {
  const chooser = claimsChooser(DESIGN, { text: "claims", judge: judgeFrom(round), budgetMs });
  for (const before of start) chooser.learn(before);
  const all = [...start];
  for (let next = await chooser.next(); next !== undefined; next = await chooser.next()) {
    all.push(measured(next));
    chooser.learn(all.at(-1) as MeasuredTrials);
    assert.ok(all.length < 50);
  }
  return { all, end: chooser.end() };
}

test("rounds of all cells are measured until two in turn have the same verdicts, none of them open", async () => {
  const { all, end } = await run(3);
  assert.equal(all.length, 2 * 4, "decided in round 3, confirmed in round 4");
  assert.deepEqual(
    all.map(({ choices }) => choices[0]?.reason),
    [...new Array(4).fill("first look"), ...new Array(4).fill("verdict open")],
  );
  assert.equal(end.isDecided, true);
  assert.deepEqual(end.sentences, ["decided: 2 of 2 verdicts"]);
});

test("one that was ended goes on where it stopped, and one that is decided measures nothing more", async () => {
  const { all } = await run(3);
  for (let count = 0; count < all.length; count++) {
    assert.deepEqual((await run(3, Infinity, all.slice(0, count))).all, all, `from ${count} trials`);
  }
  const again = await run(3, Infinity, all);
  assert.deepEqual([again.all.length, again.end.isDecided], [all.length, true]);
});

test("what is open after as many rounds as the design allows is undecidable within it, and named", async () => {
  const { all, end } = await run(99);
  assert.equal(all.length, 2 * 6, "twice the design's three trials");
  assert.equal(end.isDecided, false);
  assert.match(
    end.sentences[0] ?? "",
    /^undecidable within the 6 trials of a cell that the design allows: 1 of 2 verdicts decided$/,
  );
  assert.equal(end.sentences[1], `open: ${CLAIMS[1]?.name} (cpu-1t), now inconclusive`);
  assert.match((await run(99, 5000)).end.sentences[0] ?? "", /^undecided, the budget of 5 s is spent/);
});
