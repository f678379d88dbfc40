import assert from "node:assert/strict";
import { test } from "node:test";
import { mostProbes, nextProbe } from "../../src/design/bisection.js";
import { designSchema } from "../../src/design/design.js";
import { runsWithin } from "../../src/design/memory-margin.js";

test("a probe is between what ran and what ran out, near their geometric mean, until they are within 6 %", () => {
  assert.deepEqual(
    [nextProbe(16, 32), nextProbe(1, 3), nextProbe(1, 4), nextProbe(5, 7), nextProbe(50, 54)],
    [23, 2, 2, 6, 52],
  );
  assert.deepEqual([nextProbe(5, 6), nextProbe(50, 53), nextProbe(1000, 1060)], [undefined, undefined, undefined]);
  for (let ran = 8; ran <= 128; ran++) {
    // Whichever way each of three goes, an octave is left as a ratio of 2^(1/8) and rounding.
    for (const ways of [0, 1, 2, 3, 4, 5, 6, 7]) {
      let [low, high] = [ran, 2 * ran];
      for (let probe = 0; probe < 3; probe++) {
        const middle = nextProbe(low, high);
        if (middle === undefined) break;
        assert.ok(middle > low && middle < high);
        if ((ways >> probe) % 2 === 0) low = middle;
        else high = middle;
      }
      assert.ok(high - low === 1 || high / low < 2 ** (1 / 8) * (1 + 1 / ran), `${low} to ${high}`);
    }
  }
});

test("a design adds at most three trials for each input size and device, and none where nothing is between", () => {
  const most = (own: object) =>
    mostProbes(designSchema.parse({ name: "d", mini_batch_sizes: [1, 2, 4, 8, 16], ...own }));
  assert.equal(most({ input_sizes_px: [64] }), 3);
  assert.equal(most({ input_sizes_px: [64, 128], devices: [{ threads: 1 }, { threads: 2 }] }), 12);
  assert.equal(most({ input_sizes_px: [64], mini_batch_sizes: [4, 1, 3, 2] }), 0);
  assert.equal(most({ input_sizes_px: [64], mini_batch_sizes: [2, 4] }), 1);
});

test("three processes that ran show that a mini-batch runs, fewer only if their peaks leave 3 %", () => {
  assert.equal(runsWithin([999, 999, 999], 1000, true), true);
  assert.equal(runsWithin([999, 999], 1000, true), false);
  assert.equal(runsWithin([970, 970], 1000, true), true);
  assert.equal(runsWithin([970, 971, 970], 1000, false), false);
  assert.equal(runsWithin([], 1000, false), false);
});
