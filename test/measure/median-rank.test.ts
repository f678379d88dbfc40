import assert from "node:assert/strict";
import { test } from "node:test";
import { sorted } from "../../src/core/statistics.js";
import { MedianRank } from "../../src/measure/median-rank.js";
import { medianInterval } from "../core/median-interval.js";

/** Oracle: the sum of the binomial tail, whose cost grows with the number of values. Of 1 to n the value is the rank. */
function summedRank(n: number, level: number): number {
  return medianInterval(sorted(Array.from({ length: n }, (_, index) => index + 1)), level)?.low ?? 0;
}

for (const [level, all, step] of [
  [0.95, 1500, 7919],
  [0.5, 200, 997],
  [0.999, 200, 997],
] as const) {
  test(`the rank for one more value at a time is that of the summed tail, at ${level}`, () => {
    const ranks = new MedianRank(level);
    for (let n = 1; n <= (level === 0.95 ? 100_000 : 5000); n++) {
      const rank = ranks.next();
      if (n <= all || n % step === 0) assert.equal(rank, summedRank(n, level), `of ${n} values`);
    }
  });
}
