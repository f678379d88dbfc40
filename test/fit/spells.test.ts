import assert from "node:assert/strict";
import { test } from "node:test";
import { determinant, inverse, Matrix } from "ml-matrix";
import { seededRandom } from "../../src/core/seeded-random.js";
import type { TrialRow } from "../../src/dataset/tables.js";
import { fitDevice } from "../../src/fit/fit-dataset.js";
import { spellsOf } from "../../src/fit/spells.js";
import { machineSpeed } from "../worlds/machine-speed.js";
import { DEVICE, simulatedTrial } from "./simulated-device.js";

const CELLS = [1, 2, 4, 8, 16, 32];

interface World {
  readonly spells: number;
  readonly noise: number;
  readonly rounds?: number;
  readonly sessions?: number;
  readonly seed?: number;
}

/** Every cell once in a random order, then in another; a second of time between processes. */
function trialsOf({ spells, noise, rounds = 10, sessions = 1, seed = 1 }: World): TrialRow[] {
  const random = seededRandom(seed, `spells ${spells} ${noise}`);
  let second = 0;
  return Array.from({ length: sessions }, (_, session) => session).flatMap((session) => {
    const next = machineSpeed(random, spells);
    return Array.from({ length: rounds }, (_, round) => round + 1).flatMap((round) =>
      random.shuffle(CELLS).map((batch) => {
        second++;
        return {
          ...simulatedTrial(224, batch, Number.POSITIVE_INFINITY, round),
          ...{ trialId: `${session} ${batch} ${round}`, runId: `run ${session}` },
          startedAt: new Date(1000 * second).toISOString(),
          steadyMedianMs: 5 * batch * Math.exp(next() + noise * random.normal()),
        };
      }),
    );
  });
}

test("spells are told from noise of each process by itself, and how much of the variance they are", () => {
  const shares = [1, 2, 3, 4, 5, 6].map((seed) => ({
    none: spellsOf(trialsOf({ spells: 0, noise: 0.1, rounds: 20, seed }), "steadyMedianMs"),
    // 0.1² of 0.1² + 0.05² is 80 %.
    most: spellsOf(trialsOf({ spells: 0.1, noise: 0.05, rounds: 20, seed }), "steadyMedianMs"),
  }));
  for (const { none, most } of shares) {
    assert.ok((none?.probability ?? 1) < 0.5 && (none?.share ?? 1) < 0.15, JSON.stringify(none));
    assert.ok((most?.probability ?? 0) > 0.999, JSON.stringify(most));
    assert.equal(most?.degrees, 114);
  }
  const mean = (of: (pair: (typeof shares)[0]) => number | undefined) =>
    shares.reduce((sum, pair) => sum + (of(pair) ?? Number.NaN) / shares.length, 0);
  assert.ok(Math.abs(mean(({ most }) => most?.share) - 0.8) < 0.08, String(mean(({ most }) => most?.share)));
  const variance = mean(({ most }) => most?.variance);
  assert.ok(variance > 0.006 && variance < 0.015, String(variance));
  assert.ok(mean(({ most }) => most?.ownShare) < 0.35);
});

test("the mean of few processes is off by nearly a whole spell, that of many by little", () => {
  const few = spellsOf(trialsOf({ spells: 0.1, noise: 0.02, rounds: 2 }), "steadyMedianMs");
  const many = spellsOf(trialsOf({ spells: 0.1, noise: 0.02, rounds: 60 }), "steadyMedianMs");
  assert.ok((few?.ofMean ?? 0) > 0.3 * (few?.variance ?? 1), JSON.stringify(few));
  assert.ok((many?.ofMean ?? 1) < 0.15 * (many?.variance ?? 0), JSON.stringify(many));
});

test("the order is that of their starts, whatever that of the rows, and where it is not known nothing is said", () => {
  const trials = trialsOf({ spells: 0.1, noise: 0.05 });
  const shuffled = seededRandom(7).shuffle(trials);
  assert.deepEqual(spellsOf(shuffled, "steadyMedianMs"), spellsOf(trials, "steadyMedianMs"));
  for (const startedAt of [undefined, "", "soon"]) {
    const unknown = trials.map((trial, index) => (index === 3 ? { ...trial, startedAt } : trial));
    assert.equal(spellsOf(unknown, "steadyMedianMs"), undefined);
  }
});

test("nothing is said of cells with one process each, and of processes that are all alike", () => {
  assert.equal(spellsOf(trialsOf({ spells: 0.1, noise: 0.05, rounds: 1 }), "steadyMedianMs"), undefined);
  assert.equal(spellsOf(trialsOf({ spells: 0, noise: 0 }), "steadyMedianMs"), undefined);
  assert.equal(spellsOf([], "steadyMedianMs"), undefined);
});

test("of more cells, repeats and sessions than are looked at some are, and the spells are found", () => {
  const random = seededRandom(2, "many");
  const of = (cells: number, rounds: number, sessions: number) =>
    Array.from({ length: sessions }, (_, session) => {
      const next = machineSpeed(random, 0.1);
      return Array.from({ length: cells * rounds }, (__, index): TrialRow => {
        const trial = simulatedTrial(224, 1 + (index % cells), Number.POSITIVE_INFINITY, 1 + Math.floor(index / cells));
        const steadyMedianMs = 5 * Math.exp(next() + 0.05 * random.normal());
        return { ...trial, trialId: `${session} ${index}`, runId: `run ${session}`, steadyMedianMs };
      });
    }).flat();
  for (const trials of [of(500, 3, 1), of(1, 2000, 1), of(150, 3, 12)]) {
    const spells = spellsOf(trials, "steadyMedianMs");
    assert.ok((spells?.probability ?? 0) > 0.999, JSON.stringify(spells));
    assert.ok(Math.abs((spells?.share ?? 0) - 0.8) < 0.15, JSON.stringify(spells));
    assert.ok((spells?.degrees ?? 0) >= 200 && (spells?.degrees ?? 0) <= 1600, String(spells?.degrees));
  }
});

test("sessions are apart: what differs between them is no spell", () => {
  const apart = trialsOf({ spells: 0, noise: 0.05, rounds: 5, sessions: 4 }).map((trial) => ({
    ...trial,
    steadyMedianMs: (trial.steadyMedianMs ?? 0) * (1 + Number(trial.runId.slice(4))),
  }));
  const spells = spellsOf(apart, "steadyMedianMs");
  assert.ok((spells?.variance ?? 1) < 0.001, JSON.stringify(spells));
  assert.equal(spells?.degrees, 4 * 4 * CELLS.length);
});

test("where the pulse says how slow the machine was, the mean is off by what is left only", () => {
  const trials = trialsOf({ spells: 0.1, noise: 0.02, rounds: 4 });
  const known = new Map(
    trials.map(({ trialId, miniBatchSize, steadyMedianMs = 1 }) => [
      trialId,
      Math.log(steadyMedianMs / (5 * miniBatchSize)),
    ]),
  );
  const [plain, corrected] = [spellsOf(trials, "steadyMedianMs"), spellsOf(trials, "steadyMedianMs", known)];
  assert.ok((plain?.ofMean ?? 0) > 0);
  assert.deepEqual(corrected, { ...plain, ofMean: 0 });
});

test("the weights are those of the restricted likelihood with the variances written out", () => {
  const trials = trialsOf({ spells: 0.08, noise: 0.06, rounds: 3 }).slice(0, -2);
  const logs = Matrix.columnVector(trials.map(({ steadyMedianMs = 1 }) => Math.log(steadyMedianMs)));
  const cells = new Matrix(trials.map(({ miniBatchSize }) => CELLS.map((cell) => Number(cell === miniBatchSize))));
  const degrees = trials.length - CELLS.length;
  const likelihood = (share: number, kept: number) => {
    const variances = new Matrix(
      trials.map((_, row) =>
        trials.map((__, column) => share * kept ** Math.abs(row - column) + Number(row === column) * (1 - share)),
      ),
    );
    const weights = inverse(variances);
    const ofCells = cells.transpose().mmul(weights).mmul(cells);
    const means = inverse(ofCells).mmul(cells.transpose()).mmul(weights).mmul(logs);
    const rest = Matrix.sub(logs, cells.mmul(means));
    const squares = rest.transpose().mmul(weights).mmul(rest).get(0, 0);
    const log =
      -(degrees * Math.log(squares / degrees) + Math.log(determinant(variances)) + Math.log(determinant(ofCells))) / 2;
    return { log, variance: squares / degrees };
  };
  const some = [0.15, 0.3, 0.45, 0.6, 0.75, 0.9].flatMap((share) =>
    [0.8, 0.9, 0.95].map((kept) => ({ share, prior: 0.5 / 18, ...likelihood(share, kept) })),
  );
  const all = [{ share: 0, prior: 0.5, ...likelihood(0, 0.5) }, ...some];
  const weighted = all.map((one) => ({ ...one, weight: one.prior * Math.exp(one.log - (all[0]?.log ?? 0)) }));
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0);
  const expected = (of: (one: (typeof weighted)[0]) => number) =>
    weighted.reduce((sum, one) => sum + (one.weight / total) * of(one), 0);
  const spells = spellsOf(trials, "steadyMedianMs") ?? assert.fail("nothing");
  const close = (one: number, other: number) => assert.ok(Math.abs(one / other - 1) < 1e-9, `${one} for ${other}`);
  close(
    spells.probability,
    expected(({ share }) => Number(share > 0)),
  );
  close(
    spells.share,
    expected(({ share }) => share),
  );
  close(
    spells.variance,
    expected(({ share, variance }) => share * variance),
  );
});

test("a plan's bound for several devices lies between that of one spell that they share and that of none", () => {
  const fitOf = (spells: number, noise: number) =>
    fitDevice(DEVICE, undefined, trialsOf({ spells, noise, rounds: 20 }), () => []);
  const [together, alone] = [fitOf(0.1, 0.02), fitOf(0, 0.1)];
  const boundOver = (fit: ReturnType<typeof fitOf>) => {
    const law = fit.latency.law()?.at(224, 8) ?? assert.fail("no law");
    const [one, sixteen] = [1, 16].map((count) => law.slowestOf(count, 0.9, fit.sessionEffect().latency));
    return (sixteen ?? 0) / (one ?? 1);
  };
  // Of 16 with noise of their own the slowest is at 2.5 deviations, one alone at 1.3; those that share it are as slow.
  assert.ok(boundOver(together) < 1.06, String(boundOver(together)));
  assert.ok(boundOver(alone) > 1.1, String(boundOver(alone)));
});
