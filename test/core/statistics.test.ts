import assert from "node:assert/strict";
import { test } from "node:test";
import { median, medianAbsoluteDeviationOf, quantile, sorted } from "../../src/core/statistics.js";
import { medianInterval } from "./median-interval.js";

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
  assert.throws(() => sorted([1, Number.NaN, Number.POSITIVE_INFINITY]), {
    name: "RangeError",
    message: "sorted requires finite numbers, got NaN",
  });
});

test("the quartile of an even number of values lies between its neighbours", () => {
  assert.equal(quantile(sorted([4, 1, 3, 2]), 0.5), 2.5);
});

test("an interval is the widest pair of ranks that its level needs, at other levels, too", () => {
  // Oracle: P(Binomial(10, ½) ≤ k) is 1, 11, 56 and 176 of 1024 for k = 0 … 3; both tails together stay below 1 −
  // level.
  const ten = sorted([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  assert.deepEqual(medianInterval(ten, 0.99), { low: 1, high: 10 });
  assert.deepEqual(medianInterval(ten, 0.9), { low: 2, high: 9 }); // 2 · 56 / 1024 > 10 %
  assert.deepEqual(medianInterval(ten, 0.85), { low: 3, high: 8 });
  assert.deepEqual(medianInterval(ten, 0.6), { low: 4, high: 7 });
  assert.equal(medianInterval(ten, 0.999), undefined);
  assert.equal(medianInterval(sorted([]), 0.95), undefined);
});

test("an interval of next to no confidence is the middle of the values", () => {
  assert.deepEqual(medianInterval(sorted([1, 2, 3, 4]), 0.01), { low: 2, high: 3 });
  assert.deepEqual(medianInterval(sorted([1, 2, 3, 4, 5]), 0.01), { low: 2, high: 4 }); // one rank alone covers 0 %
  assert.deepEqual(medianInterval(sorted([1, 2, 3, 4, 5]), 0), { low: 3, high: 3 });
});

test("median, quantiles and the deviation from the median are those of the values", () => {
  assert.equal(median(sorted([9, 1, 5])), 5);
  assert.equal(median(sorted([10, 2, 1, 9])), 5.5);
  assert.equal(quantile(sorted([1, 2, 3, 4, 5, 6, 7, 8, 9]), 0.25), 3);
  assert.equal(quantile(sorted([1, 2, 3, 4, 5, 6, 7, 8, 9]), 1), 9);
  assert.equal(medianAbsoluteDeviationOf([1, 1, 2, 2, 4, 6, 9]), 1);
  assert.throws(() => median(sorted([])));
});

test("sorting leaves the values that it is given as they are, and sorts numbers as numbers", () => {
  const values = [10, 9, 1];
  assert.deepEqual(sorted(values), [1, 9, 10]);
  assert.deepEqual(values, [10, 9, 1]);
});
