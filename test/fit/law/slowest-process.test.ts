import assert from "node:assert/strict";
import { test } from "node:test";
import { studentQuantile } from "../../../src/core/student-t.js";
import { slowestFactor } from "../../../src/fit/law/slowest-process.js";

/**
 * By numpy: quantiles of 8,000,000 draws for shares of 0, 0.2, 0.5, 0.9 and 0.97, with standard errors up to 0.0015.
 */
const DRAWN: readonly (readonly [
  probability: number,
  processes: number,
  degrees: number,
  factors: readonly number[],
])[] = [
  [0.8, 4, 200, [1.6108, 1.5658, 1.4557, 1.1474, 1.0154]],
  [0.9, 4, 60, [1.9795, 1.951, 1.8678, 1.5944, 1.4669]],
  [0.9, 16, 60, [2.5478, 2.4912, 2.3272, 1.8198, 1.5939]],
  [0.95, 16, 8, [3.5263, 3.4119, 3.162, 2.5022, 2.222]],
];

test("the slowest of some processes is bounded as a simulation in another language says", () => {
  for (const [probability, processes, degrees, factors] of DRAWN) {
    const factorOf = slowestFactor({ probability, processes, degrees });
    for (const [index, share] of [0, 0.2, 0.5, 0.9, 0.97].entries()) {
      const [found, expected = Number.NaN] = [factorOf(share), factors[index]];
      assert.ok(Math.abs(found - expected) < 0.004, `${processes} of ${degrees}, ${share}: ${found}, not ${expected}`);
    }
  }
});

test("processes whose noise has far values are bounded as such, one as well as many", () => {
  // By numpy: 1,000,000 draws, noise of Student's t in units of its standard deviation, for shares of 0, 0.2, 0.5 and
  // 0.9.
  for (const [probability, processes, tail, factors] of [
    [0.9, 1, 3, [0.958, 1.06, 1.183, 1.288]],
    [0.9, 16, 3, [3.122, 2.918, 2.589, 1.897]],
    [0.95, 4, 5, [2.488, 2.405, 2.275, 1.969]],
  ] as const) {
    const scale = Math.sqrt((tail - 2) / tail);
    const factorOf = slowestFactor({ probability, processes, degrees: 60, tail: { degrees: tail, scale, skew: 1 } });
    for (const [index, share] of [0, 0.2, 0.5, 0.9].entries()) {
      const [found, expected = Number.NaN] = [factorOf(share), factors[index]];
      assert.ok(
        Math.abs(found - expected) < 0.012,
        `${processes}, ${tail} degrees, ${share}: ${found}, not ${expected}`,
      );
    }
  }
});

test("one process has the quantile of Student's t, and so have many whose function is all that is not known", () => {
  const t = studentQuantile(0.9, 12);
  for (const share of [0, 0.3, 1]) {
    assert.equal(slowestFactor({ probability: 0.9, processes: 1, degrees: 12 })(share), t);
  }
  assert.equal(slowestFactor({ probability: 0.9, processes: 50, degrees: 12 })(1), t);
});

test("the slowest of a million processes is bounded, however far their noise reaches", () => {
  const [probability, processes] = [0.95, 1e6];
  const tail = { degrees: 3, scale: 0.55, skew: 1 };
  const found = slowestFactor({ probability, processes, degrees: 1e6, tail })(0);
  // By hand: all are below it with 95 % if each is with 95 % to the power of 1/1,000,000.
  const expected = tail.scale * studentQuantile(probability ** (1 / processes), tail.degrees);
  assert.ok(Math.abs(found / expected - 1) < 0.001, `${found}, not ${expected}`);
});
