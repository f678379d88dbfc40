import assert from "node:assert/strict";
import { test } from "node:test";
import type { TreeEvidence } from "../../src/rank/bagged-tree.js";
import { fourParameterModel } from "../../src/rank/four-parameter-model.js";
import type { Ranking } from "../../src/rank/rank-features.js";

const ROWS = [
  [1, 5, 2, 3],
  [2, 3, 7, 1],
  [3, 8, 1, 4],
  [4, 1, 8, 1],
  [5, 9, 2, 5],
  [6, 2, 8, 9],
  [7, 7, 1, 2],
  [8, 4, 8, 6],
  [9, 6, 2, 5],
  [10, 12, 8, 3],
  [11, 10, 4, 5],
  [12, 11, 5, 8],
];
const CELLS = ROWS.map((_, row) => Math.floor(row / 2));
const WARMUP_MS = [20, 31, 44, 38, 61, 55, 70, 66, 81, 99, 93, 104];

/** The columns stand in another order than the ranking has them, with one that ranks fifth in between. */
const ORDER = ["d", "unused", "b", "a", "c_x"];

/** What a tree says of the columns from two cells of two rows. */
function tree(unseen: Readonly<Record<number, readonly number[]>>): TreeEvidence {
  const clusters = Object.entries(unseen).map(([cluster, increases]) => ({
    cluster: Number(cluster),
    rows: 2,
    increases,
  }));
  return { importance: [], outOfBag: [], unseen: clusters };
}

/**
 * For each cell a tree that alone has not drawn it: by the cell itself "unused" is best, by another one it ranks fifth.
 */
const TREES = [0, 1, 2, 3, 4, 5].map((cell) => tree({ [cell]: [0, 99, 0, 0, 0], 9: [2, 1, 4, 5, 3] }));

function modelOf(warmupMs: readonly number[], evidence: readonly TreeEvidence[] = TREES) {
  const groups = ORDER.map((name) => ({ name, members: [name], knownBefore: true }));
  const rows = ROWS.map(([a = 0, b = 0, c = 0, d = 0], row) => [d, 100 + row, b, a, c]);
  const ranked = ["a", "b", "c_x", "d", "unused"];
  const features = ranked.flatMap((name) => groups.filter((group) => group.name === name)).map((group) => ({ group }));
  const ranking = { features } as unknown as Ranking;
  return fourParameterModel({ groups, rows }, { ranking, evidence }, warmupMs, CELLS);
}

test("the four best features are fitted on relative error, and each cell is predicted without it, as numpy does", () => {
  const { parameters, coefficients, predictions, leftOutError } = modelOf(WARMUP_MS);
  assert.deepEqual(parameters, ["a", "b", "c_x", "d"]);
  const close = (found: readonly number[], expected: readonly number[]) => {
    assert.equal(found.length, expected.length);
    for (const [index, value] of expected.entries()) {
      assert.ok(Math.abs((found[index] ?? Number.NaN) - value) < 1e-7, `${found.join(", ")}: not ${value}`);
    }
  };
  close(
    coefficients,
    [4.288143994990447, 6.761407443797516, 2.041596927441497, 0.7353532820934698, -0.31024849803640153],
  );
  assert.deepEqual(
    predictions.map(({ row, measuredMs }) => [row, measuredMs]),
    WARMUP_MS.map((ms, row) => [row, ms]),
  );
  close(
    predictions.map(({ predictedMs }) => predictedMs),
    [
      27.5674768846, 29.417787464, 38.2812839074, 42.0527632376, 54.7554744357, 41.3158433088, 63.3648041309,
      71.6644410209, 74.3657606868, 105.3576438809, 104.1191826659, 113.2086996909,
    ],
  );
  close([leftOutError ?? Number.NaN], [0.10054375473117211]);
});

test("a cell that contradicts the law shows its full error", () => {
  const law = ROWS.map(([a = 0, b = 0, c = 0, d = 0]) => 10 + 2 * a + 3 * b + 0.5 * c + d);
  const { predictions } = modelOf(law.map((ms, row) => (row >= 10 ? 3 * ms : ms)));
  for (const { row, measuredMs, predictedMs } of predictions.slice(10)) {
    assert.ok(Math.abs(measuredMs / predictedMs - 3) < 1e-7, `${row}: ${measuredMs} over ${predictedMs}`);
  }
});

test("the formula has the signs and numbers of the law", () => {
  const law = ROWS.map(([a = 0, b = 0, c = 0, d = 0]) => 100 + 20 * a - 3 * b + 0.5 * c - 0.25 * d);
  const { formula, latex, leftOutError } = modelOf(law);
  assert.equal(formula, "warmup_ms = 100.0 + 20.00 a − 3.000 b + 0.5000 c_x − 0.2500 d");
  assert.equal(
    latex,
    "W = 100.0 + 20.00\\,\\text{a} - 3.000\\,\\text{b} + 0.5000\\,\\text{c\\_x} - 0.2500\\,\\text{d}",
  );
  assert.ok((leftOutError ?? 1) < 1e-9);
  const below = ROWS.map(([a = 0, b = 0, c = 0, d = 0]) => -1 + 20 * a + 3 * b + 0.5 * c + d);
  assert.match(modelOf(below).formula, /^warmup_ms = − 1\.000 \+ 20\.00 a \+ 3\.000 b/);
});

test("the parameters of a cell's prediction are chosen by trees that have not drawn it, by what they say of other cells", () => {
  // Warm-up is a law of "unused" and three others. The tree that has not drawn cell 0 ranks "unused" before "d" by
  // another cell; all other trees rank it fifth, so that their cells are predicted badly.
  const law = ROWS.map(([a = 0, b = 0, c = 0], row) => 10 + 2 * a + 3 * b + 0.5 * c + 7 * (100 + ((row * row) % 5)));
  const rows = ROWS.map(([a = 0, b = 0, c = 0, d = 0], row) => [d, 100 + ((row * row) % 5), b, a, c]);
  const groups = ORDER.map((name) => ({ name, members: [name], knownBefore: true }));
  const ranking = {
    features: ["a", "b", "c_x", "d"].map((name) => ({ group: groups.find((group) => group.name === name) })),
  } as unknown as Ranking;
  const evidence = [tree({ 0: [99, 0, 0, 0, 0], 9: [1, 2, 4, 5, 3] }), ...TREES.slice(1)];
  const { predictions, chosenAgain } = fourParameterModel({ groups, rows }, { ranking, evidence }, law, CELLS);
  const errorOf = (row: number) => {
    const { measuredMs = 0, predictedMs = 0 } = predictions.find((prediction) => prediction.row === row) ?? {};
    return Math.abs(measuredMs / predictedMs - 1);
  };
  assert.ok(errorOf(0) < 1e-9 && errorOf(1) < 1e-9, `${errorOf(0)}, ${errorOf(1)}`);
  assert.ok(predictions.slice(2).every(({ row }) => errorOf(row) > 1e-6));
  // Cell 0 has three of the four, each of the others all of them.
  assert.equal(chosenAgain, (3 + 5 * 4) / 6);
});

test("a cell that every tree has drawn is not predicted, and without any the error is unknown", () => {
  const { predictions } = modelOf(WARMUP_MS, TREES.slice(1, 3));
  assert.deepEqual(
    predictions.map(({ row }) => row),
    [2, 3, 4, 5],
  );
  const none = modelOf(WARMUP_MS, []);
  assert.deepEqual([none.leftOutError, none.chosenAgain, none.predictions], [undefined, undefined, []]);
});
