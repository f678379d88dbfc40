import assert from "node:assert/strict";
import { test } from "node:test";
import { medianInterval, quantile, sorted } from "../../src/core/statistics.js";

// Oracle: Conover, Practical Nonparametric Statistics, table of ranks for a 95 % interval of the median.
const RANKS: [n: number, low: number, high: number][] = [
  [6, 1, 6],
  [10, 2, 9],
  [20, 6, 15],
  [50, 18, 33],
  [100, 40, 61],
];

for (const [n, low, high] of RANKS) {
  test(`the 95 % interval of the median of ${n} values is from rank ${low} to rank ${high}`, () => {
    const values = sorted(Array.from({ length: n }, (_, index) => index + 1));
    assert.deepEqual(medianInterval(values, 0.95), { low, high });
  });
}

test("five values are too few for a 95 % interval of the median", () => {
  assert.equal(medianInterval(sorted([1, 2, 3, 4, 5]), 0.95), undefined);
});

test("two thousand values still have an interval, though 2^-2000 underflows", () => {
  const interval = medianInterval(sorted(Array.from({ length: 2000 }, (_, index) => index)), 0.95);
  assert.ok(interval !== undefined && interval.low > 930 && interval.high < 1070, JSON.stringify(interval));
});

test("values that are not finite are refused and not sorted away", () => {
  assert.throws(() => sorted([1, Number.NaN]), /finite/);
});

test("the quartile of an even number of values lies between its neighbours", () => {
  assert.equal(quantile(sorted([4, 1, 3, 2]), 0.5), 2.5);
});
