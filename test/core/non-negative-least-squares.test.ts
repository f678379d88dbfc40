import assert from "node:assert/strict";
import { test } from "node:test";
import { nonNegativeLeastSquares } from "../../src/core/non-negative-least-squares.js";

const ROWS = [
  [1, 2, 0.5],
  [3, 1, 4],
  [2, 2, 2],
  [0, 5, 1],
  [1, 1, 7],
];
/** By scipy's nnls. */
const CASES: readonly (readonly [values: readonly number[], coefficients: readonly number[]])[] = [
  [
    [3, 1, 2, 8, -4],
    [0, 1.342857142857143, 0],
  ],
  [
    [1, 9, 5, -2, 14],
    [0.6066799601196413, 0, 1.8255234297108676],
  ],
  [
    [-1, -2, -3, -1, -5],
    [0, 0, 0],
  ],
];

function close(found: readonly number[], expected: readonly number[], tolerance = 1e-9): void {
  for (const [term, value] of expected.entries()) {
    assert.ok(Math.abs((found[term] ?? Number.NaN) - value) < tolerance, `${found} is not ${expected}`);
  }
}

test("coefficients that are at least 0 are those of another library, whatever the scale of a column", () => {
  for (const [values, coefficients] of CASES) {
    close(nonNegativeLeastSquares(ROWS, values), coefficients);
    const scaled = ROWS.map(([a = 0, b = 0, c = 0]) => [1e6 * a, b, 1e-6 * c]);
    const [a = 0, b = 0, c = 0] = nonNegativeLeastSquares(scaled, values);
    close([1e6 * a, b, 1e-6 * c], coefficients, 1e-8);
  }
});

test("columns that say the same share what they explain", () => {
  const twice = ROWS.map(([a = 0]) => [a, a]);
  const [first = 0, second = 0] = nonNegativeLeastSquares(twice, [2, 6, 4, 0, 2]);
  assert.ok(Math.abs(first + second - 2) < 1e-6 && first >= 0 && second >= 0, `${first}, ${second}`);
});
