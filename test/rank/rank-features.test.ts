import assert from "node:assert/strict";
import { test } from "node:test";
import { compareRankings } from "../../src/rank/compare-rankings.js";
import { groupLabel } from "../../src/rank/feature-matrix.js";
import { rankFeatures, ranksOf } from "../../src/rank/rank-features.js";

const groupsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `f${index}`, members: [`f${index}`], knownBefore: true }));
const close = (found: number | undefined, expected: number) =>
  assert.ok(Math.abs((found ?? Number.NaN) - expected) < 1e-12, `${found} is not ${expected}`);

test("importance is a share of the target's variance, averaged over trees", () => {
  // The target's variance is 4 (deviations of 2), so that an increase of 2 is a half.
  const target = [1, 5, 1, 5];
  const evidence = [
    { importance: [0, 2, 8], outOfBag: [] },
    { importance: [0, 4, 4], outOfBag: [] },
  ];
  const { features, trees } = rankFeatures(groupsOf(3), evidence, target, 1);
  assert.deepEqual(
    features.map(({ group, rank }) => [group.name, rank]),
    [
      ["f2", 1],
      ["f1", 2],
      ["f0", 3],
    ],
  );
  for (const [index, importance] of [1.5, 0.75, 0].entries()) close(features[index]?.importance, importance);
  assert.equal(trees, 2);
  // Two trees are drawn as one twice, the other twice (a quarter each) or both.
  for (const [index, low, high] of [
    [0, 1, 2],
    [1, 0.5, 1],
    [2, 0, 0],
  ] as const) {
    close(features[index]?.interval.low, low);
    close(features[index]?.interval.high, high);
  }
  // Of each tree alone: 1, 2 and 3; in the second tree two share 1.5.
  assert.deepEqual(
    features.map(({ rankInterval }) => rankInterval),
    [
      { low: 1, high: 1.5 },
      { low: 1.5, high: 2 },
      { low: 3, high: 3 },
    ],
  );
});

test("the interval of an importance holds the middle 95 % of resampled means", () => {
  // Sixteen trees, half of them 0 and half 1: the mean of 16 draws is binomial(16, 1/2)/16, whose 2.5 % and 97.5 %
  // quantiles are 4/16 and 12/16 (scipy.stats.binom.ppf).
  const evidence = Array.from({ length: 16 }, (_, tree) => ({ importance: [tree % 2], outOfBag: [] }));
  const { features } = rankFeatures(groupsOf(1), evidence, [0, 2], 1);
  close(features[0]?.interval.low, 4 / 16);
  close(features[0]?.interval.high, 12 / 16);
});

test("ten parts of the forest rank for themselves: how many of the top survive, and over which ranks", () => {
  // Of twenty features the first fifteen lead by far. In some parts the last five come first, then the first ten.
  const lead = (feature: number) => (feature < 15 ? 1000 : 40) - feature;
  const other = (feature: number) => (feature < 10 ? 20 : feature < 15 ? 5 : 40) - (feature < 15 ? 0.1 : 1) * feature;
  const ranking = (others: number) =>
    rankFeatures(
      groupsOf(20),
      Array.from({ length: 20 }, (_, tree) => ({
        importance: Array.from({ length: 20 }, (_, feature) => (tree % 10 < others ? other(feature) : lead(feature))),
        outOfBag: [],
      })),
      [0, 2],
      1,
    );
  const one = ranking(1);
  const at = (name: string) => one.features.find(({ group }) => group.name === name)?.rankInterval;
  assert.deepEqual(at("f0"), { low: 1, high: 6 });
  assert.deepEqual(at("f12"), { low: 13, high: 18 });
  assert.deepEqual(at("f15"), { low: 1, high: 16 });
  // Ten of fifteen survive in those parts, by hand; stable from 80 % on.
  for (const [others, survival, stable] of [
    [0, 1, true],
    [1, 29 / 30, true],
    [5, 25 / 30, true],
    [7, 23 / 30, false],
  ] as const) {
    close(ranking(others).topSurvival, survival);
    assert.equal(ranking(others).stable, stable, `${others} parts`);
  }
});

test("a forest whose parts agree on little is not stable", () => {
  // Each of ten parts has a favourite fifteen of its own among thirty.
  const evidence = Array.from({ length: 10 }, (_, tree) => ({
    importance: Array.from(
      { length: 30 },
      (_, feature) => ((feature + 3 * tree) % 30 < 15 ? 10 : 0) + 0.01 * (30 - feature),
    ),
    outOfBag: [],
  }));
  const { stable, topSurvival } = rankFeatures(groupsOf(30), evidence, [0, 2], 1);
  assert.equal(stable, false);
  assert.ok(topSurvival > 0.4 && topSurvival < 0.6, String(topSurvival));
});

test("R² is of the rows that some tree had left out, each by the mean of those trees", () => {
  const evidence = [
    {
      importance: [1],
      outOfBag: [
        { row: 0, predicted: 2 },
        { row: 2, predicted: 4 },
      ],
    },
    {
      importance: [1],
      outOfBag: [
        { row: 1, predicted: 2 },
        { row: 2, predicted: 0 },
      ],
    },
  ];
  // By hand: 1, 2 and 3 predicted as 2, 2 and (4 + 0)/2; squares of 1, 0 and 1 of 2. The fourth row was always in the
  // bag.
  close(rankFeatures(groupsOf(1), evidence, [1, 2, 3, 100], 1).outOfBagRSquared, 0);
  const exact = [{ importance: [1], outOfBag: [1, 2, 3].map((predicted, row) => ({ row, predicted })) }];
  close(rankFeatures(groupsOf(1), exact, [1, 2, 3, 100], 1).outOfBagRSquared, 1);
});

test("equal features share the mean of their places", () => {
  assert.deepEqual(ranksOf([5, 7, 5, 1, 5]), [3, 1, 3, 5, 3]);
  assert.deepEqual(ranksOf([2, 2]), [1.5, 1.5]);
  assert.deepEqual(ranksOf([]), []);
});

test("Spearman's correlation of two rankings is over the features in either top", () => {
  const names = ["a", "b", "c", "d", "e"];
  // Ranks 1 2 3 4 5 and 2 1 4 3 5: 1 − 6·4/(5·24), by hand.
  const { rankCorrelation, shared, top } = compareRankings(names, [9, 8, 7, 6, 5], [80, 90, 60, 70, 50]);
  close(rankCorrelation, 0.8);
  assert.deepEqual([shared, top], [5, 5]);
});

test("a group is named after its first column and how many others say the same", () => {
  assert.equal(groupLabel({ name: "x", members: ["x"], knownBefore: true }), "x");
  assert.equal(groupLabel({ name: "x", members: ["x", "y", "z"], knownBefore: true }), "x (+2)");
});
