import assert from "node:assert/strict";
import { test } from "node:test";
import { signedRankInterval } from "../../bench/signed-rank-interval.js";
import { seededRandom } from "../../src/core/seeded-random.js";

test("the published example comes out: Hamilton depression scale, Hollander and Wolfe, example 3.1", () => {
  const before = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
  const later = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
  const found = signedRankInterval(
    later.map((value, index) => value - (before[index] ?? Number.NaN)),
    0.95,
  );
  const rounded = [found?.estimate, found?.low, found?.high].map((value) => Number(value?.toFixed(3)));
  assert.deepEqual(rounded, [-0.46, -0.786, -0.01]);
});

test("the interval holds the centre as often as its level says, with tails heavier than normal", () => {
  const random = seededRandom(1);
  const rounds = 1000;
  let held = 0;
  for (let round = 0; round < rounds; round++) {
    const values = Array.from({ length: 20 }, () => 3 + random.normal() / (Math.abs(random.normal()) + 0.1));
    const found = signedRankInterval(values, 0.95);
    if (found && found.low <= 3 && found.high >= 3) held++;
  }
  assert.ok(held / rounds >= 0.95 - 3 * Math.sqrt((0.05 * 0.95) / rounds), String(held));
  assert.ok(held / rounds <= 0.985, String(held));
});

test("too few values give no interval", () => {
  assert.equal(signedRankInterval([1, 2, 3, 4, 5], 0.95), undefined);
  assert.deepEqual(signedRankInterval([1, 2, 3, 4, 5, 6], 0.95), { estimate: 3.5, low: 1, high: 6 });
});
