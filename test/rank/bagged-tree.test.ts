import assert from "node:assert/strict";
import { test } from "node:test";
import { type SeededRandom, seededRandom } from "../../src/core/seeded-random.js";
import { growBaggedTree, importanceOn } from "../../src/rank/bagged-tree.js";

/** Draws these clusters, and shuffles by turning round; the rest as usual. */
function drawing(clusters: readonly number[]): SeededRandom {
  return {
    ...seededRandom(1),
    resample: (items) => {
      assert.deepEqual(items, [1, 2, 3], "clusters are drawn, not rows");
      return clusters as never;
    },
    shuffle: (items) => [...items].reverse(),
  };
}

/**
 * Three clusters of four rows. The first feature decides; the second is the cluster, which moves the target a little.
 */
const CLUSTERS = [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3];
const ROWS = CLUSTERS.map((cluster, row) => [row % 2, cluster]);
const MOVED: Readonly<Record<number, number>> = { 1: -0.3, 2: 0.3, 3: 1000 };
const TARGET = CLUSTERS.map((cluster, row) => 10 + 10 * (row % 2) + (MOVED[cluster] ?? 0));
const data = { rows: ROWS, target: TARGET, clusters: CLUSTERS };

function close(found: readonly number[], expected: readonly number[]): void {
  assert.equal(found.length, expected.length);
  for (const [index, value] of expected.entries()) {
    assert.ok(Math.abs((found[index] ?? Number.NaN) - value) < 1e-6, `${found.join(", ")}: not ${value}`);
  }
}

test("a tree is asked about the rows of clusters that it has not drawn, and has learnt nothing of them", () => {
  const { outOfBag } = growBaggedTree(data, drawing([1, 2, 2]));
  assert.deepEqual(
    outOfBag.map(({ row }) => row),
    [8, 9, 10, 11],
  );
  // 1010 and 1020 were measured. Learnt: 10 and 20, moved by −0.3 once and 0.3 twice, as often as clusters were drawn.
  close(
    outOfBag.map(({ predicted }) => predicted),
    [10.1, 20.1, 10.1, 20.1],
  );
  const others = growBaggedTree(data, drawing([3, 3, 3]));
  assert.deepEqual(
    others.outOfBag.map(({ row }) => row),
    [0, 1, 2, 3, 4, 5, 6, 7],
  );
  assert.ok(others.outOfBag.every(({ predicted }) => predicted > 1000));
});

test("importance is what the squared error grows by when a feature is permuted", () => {
  // Turned round, the first feature says 20 where 10 is and 10 where 20 is. From an error e off the squares become
  // those of e + 10 and e − 10: on average 100 more, whatever e is.
  close(growBaggedTree(data, drawing([1, 2, 2])).importance, [100, 0]);
  const near = { ...data, target: TARGET.map((value, row) => (row < 8 ? value : value - 1000)) };
  close(growBaggedTree(near, drawing([1, 1, 2])).importance, [100, 0]);
});

test("importance is told cluster by cluster, too: what the sum of its rows' squared errors grows by", () => {
  const near = { ...data, target: TARGET.map((value, row) => (row < 8 ? value : value - 1000)) };
  const { unseen, importance } = growBaggedTree(near, drawing([1, 1, 1]));
  assert.deepEqual(
    unseen.map(({ cluster, rows }) => [cluster, rows]),
    [
      [2, 4],
      [3, 4],
    ],
  );
  // Learnt: 9.7 and 19.7; measured: 10.3 and 20.3, 10 and 20. Turned round, rows of either cluster are off by 10 more
  // or less.
  for (const { increases } of unseen) close(increases, [400, 0]);
  close(importance, [100, 0]);
  const [first] = unseen;
  assert.ok(first !== undefined);
  const other = { ...first, rows: 1, increases: [100, 50] };
  close(importanceOn([first, other], 2), [500 / 5, 50 / 5]);
  assert.deepEqual(importanceOn([], 2), [0, 0]);
});

test("five permutations of each feature that the tree splits on are averaged", () => {
  let shuffles = 0;
  // Turned round and as it was in turn: 100, 0, 100, 0 and 100.
  const random: SeededRandom = {
    ...drawing([1, 2, 2]),
    shuffle: (items) => (shuffles++ % 2 === 0 ? [...items].reverse() : [...items]),
  };
  close(growBaggedTree(data, random).importance, [60, 0]);
  assert.equal(shuffles, 5);
});

test("a tree that has drawn every cluster has no evidence", () => {
  assert.deepEqual(growBaggedTree(data, drawing([3, 1, 2])), { importance: [0, 0], unseen: [], outOfBag: [] });
});

test("a forest of one seed draws about two thirds of the clusters for each tree", () => {
  const clusters = Array.from({ length: 60 }, (_, row) => row);
  const rows = clusters.map((row) => [row]);
  const { outOfBag } = growBaggedTree({ rows, target: clusters, clusters }, seededRandom(4));
  // (1 − 1/60)^60 = 0.365 of 60 are left out: 22, give or take 3.
  assert.ok(outOfBag.length > 12 && outOfBag.length < 32, String(outOfBag.length));
  assert.ok(outOfBag.every(({ row, predicted }) => Math.abs(row - predicted) < 10));
});
