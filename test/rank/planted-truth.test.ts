import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../src/core/seeded-random.js";
import { compareRankings } from "../../src/rank/compare-rankings.js";
import { growForest } from "../../src/rank/grow-forest.js";
import { rankFeatures, ranksOf } from "../../src/rank/rank-features.js";
import { secondForest } from "../../src/rank/second-forest.js";

/** 120 rows of 164 features, of which four drive the target, the first most; 40 clusters of three rows. */
const FEATURES = 164;
const DRIVERS = [10, 60, 110, 160];
const random = seededRandom(3, "planted truth");
const clusters = Array.from({ length: 120 }, (_, row) => Math.floor(row / 3));
const rows = clusters.map(() => Array.from({ length: FEATURES }, () => random.uniform()));
const target = rows.map((row) => {
  const [a = 0, b = 0, c = 0, d = 0] = DRIVERS.map((driver) => row[driver] ?? 0);
  return 8 * a + 5 * b + 4 * (c - 0.5) ** 2 * 4 + 3 * d + 0.2 * random.normal();
});
const groups = Array.from({ length: FEATURES }, (_, index) => ({
  name: `feature ${index}`,
  members: [`feature ${index}`],
  knownBefore: true,
}));
const data = { rows, target, clusters };

test("the planted drivers among 164 features are ranked first, by both forests", async () => {
  const evidence = await growForest(data, { trees: 40, seed: 1 });
  const ranking = rankFeatures(groups, evidence, target, 1);
  const first = ranking.features.slice(0, DRIVERS.length).map(({ group }) => group.name);
  assert.deepEqual(new Set(first), new Set(DRIVERS.map((driver) => `feature ${driver}`)));
  assert.equal(first[0], "feature 10");
  assert.ok(ranking.outOfBagRSquared > 0.5, String(ranking.outOfBagRSquared));
  for (const { interval, importance } of ranking.features) {
    assert.ok(interval.low <= importance && importance <= interval.high);
  }
  const second = await secondForest(data);
  const secondRanks = ranksOf(second);
  for (const driver of DRIVERS) assert.ok((secondRanks[driver] ?? 99) <= 4, `${driver}: ${secondRanks[driver]}`);
});

test("a forest depends on its seed and not on the number of its workers", async () => {
  const small = {
    rows: rows.slice(0, 30).map((row) => row.slice(0, 12)),
    target: target.slice(0, 30),
    clusters: clusters.slice(0, 30),
  };
  const [one, three, other] = await Promise.all([
    growForest(small, { trees: 6, seed: 5, workers: 1 }),
    growForest(small, { trees: 6, seed: 5, workers: 3 }),
    growForest(small, { trees: 6, seed: 6, workers: 3 }),
  ]);
  assert.deepEqual(one, three);
  assert.notDeepEqual(one, other);
});

test("two rankings are compared by the tops that they share and Spearman's correlation", () => {
  const names = Array.from({ length: 20 }, (_, index) => String(index));
  const first = names.map((_, index) => 20 - index);
  assert.deepEqual(compareRankings(names, first, first), {
    shared: 15,
    top: 15,
    rankCorrelation: 1,
    onlyFirst: [],
    onlySecond: [],
  });
  const reversed = compareRankings(names, first, [...first].reverse());
  assert.equal(reversed.shared, 10);
  assert.ok(Math.abs(reversed.rankCorrelation + 1) < 1e-12);
  assert.deepEqual(reversed.onlyFirst, ["0", "1", "2", "3", "4"]);
});
