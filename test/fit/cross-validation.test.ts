import assert from "node:assert/strict";
import { test } from "node:test";
import { LINEAR_PER_SIZE, MULTIPLICATIVE } from "../../src/fit/candidate-forms.js";
import { extrapolationError, medianAbsolute, noiseResiduals, residualsByFold } from "../../src/fit/cross-validation.js";
import type { Form } from "../../src/fit/form.js";
import { cellOf, type Observation } from "../../src/fit/observed/observation.js";

function at(inputSizePx: number, miniBatchSize: number, ...values: number[]): Observation[] {
  return values.map((value) => ({ inputSizePx, miniBatchSize, value }));
}

function close(found: readonly number[] | undefined, expected: readonly number[]): void {
  assert.equal(found?.length, expected.length);
  for (const [index, value] of expected.entries()) {
    assert.ok(Math.abs((found?.[index] ?? Number.NaN) - value) < 1e-9, `${found?.join(", ")}: not ${value}`);
  }
}

test("a cell that contradicts the others shows its full error, because they were fitted without it", () => {
  // 7, 12 and 22 are 2 + 5 mbs, which says 42 where 84 was measured. The other errors: numpy.
  const observations = [...at(64, 1, 7), ...at(64, 2, 12), ...at(64, 4, 22), ...at(64, 8, 84, 84)];
  const residuals = residualsByFold(LINEAR_PER_SIZE, observations, cellOf);
  assert.deepEqual([...residuals.keys()], ["64 1", "64 2", "64 4", "64 8"]);
  close(residuals.get("64 8"), [1, 1]);
});

test("each cell is predicted by the others alone, as numpy does it", () => {
  const observations = [...at(64, 1, 10), ...at(64, 2, 13), ...at(64, 4, 22), ...at(64, 8, 41), ...at(64, 16, 70)];
  const residuals = [...residualsByFold(LINEAR_PER_SIZE, observations, cellOf).values()].flat();
  close(
    residuals,
    [0.12062150768901736, -0.08016212010180357, -0.002747852254717187, 0.09129300627904158, -0.046751788908481196],
  );
  assert.ok(Math.abs((medianAbsolute(residuals) ?? 0) - 0.08016212010180357) < 1e-9);
  assert.equal(medianAbsolute([]), undefined);
});

test("a cell of which a fit without it says nothing, or nothing above 0, has no error", () => {
  // Through 100 and 120 at 10 and 11 the line is at −80 at 1; the only cell of 128 px leaves no law behind.
  const observations = [...at(64, 1, 1), ...at(64, 10, 100), ...at(64, 11, 120), ...at(128, 1, 9)];
  const residuals = residualsByFold(LINEAR_PER_SIZE, observations, cellOf);
  assert.deepEqual(residuals.get("64 1"), []);
  assert.deepEqual(residuals.get("128 1"), []);
  assert.equal(residuals.get("64 10")?.length, 1);
});

test("a prediction counts if it is above 0, however small", () => {
  const saying = (value: number): Form => ({
    name: "says what it is told",
    fit: () => ({ coefficients: {}, evaluate: () => value, terms: [], latex: [] }),
  });
  for (const [value, residuals] of [
    [0, []],
    [-0.5, []],
    [0.5, [3]],
    [2, [0]],
  ] as const) {
    assert.deepEqual([...residualsByFold(saying(value), at(64, 1, 2), cellOf).values()].flat(), residuals);
  }
});

test("what belongs to no fold is never left out", () => {
  const observations = [...at(64, 1, 7), ...at(64, 2, 12), ...at(64, 4, 44)];
  const residuals = residualsByFold(LINEAR_PER_SIZE, observations, ({ miniBatchSize }) =>
    miniBatchSize === 4 ? "largest" : undefined,
  );
  assert.deepEqual([...residuals.keys()], ["largest"]);
  close(residuals.get("largest"), [1]);
});

test("extrapolation errors leave out the largest size, and the largest mini-batch of each size", () => {
  // numpy: |−0.167|, |−0.0854| and |−0.148| at 200 px; |0.0888| and |−0.0078| at 4 images.
  const observations = [
    ...at(100, 1, 5),
    ...at(100, 2, 8),
    ...at(100, 4, 13),
    ...at(200, 1, 11),
    ...at(200, 2, 22),
    ...at(200, 4, 39),
  ];
  const { largestSize, largestMiniBatch } = extrapolationError(MULTIPLICATIVE, observations);
  close([largestSize ?? 0, largestMiniBatch ?? 0], [0.14778898370830051, 0.04832562671553048]);
  // Each size has a largest mini-batch of its own: 100 px without 4 and 200 px without 2 are both left out.
  const uneven = extrapolationError(MULTIPLICATIVE, [
    ...observations.slice(0, 5),
    ...at(300, 1, 23),
    ...at(300, 2, 44),
  ]);
  assert.ok(uneven.largestMiniBatch !== undefined && uneven.largestSize !== undefined);
  const perSize = extrapolationError(LINEAR_PER_SIZE, observations);
  assert.equal(perSize.largestSize, undefined, "a form per size says nothing of a size that it has not seen");
  // Linear through 5 and 8, and through 11 and 22: 14 and 44 where 13 and 39 were measured.
  close([perSize.largestMiniBatch ?? 0], [(1 / 14 + 5 / 44) / 2]);
});

test("a trial is held against the median of the other trials of its cell", () => {
  // By hand: 10 against 14 (of 12 and 16), 12 against 13, 16 against 11; a cell of one trial has none.
  close(noiseResiduals([...at(64, 1, 10, 12, 16), ...at(64, 2, 5)]), [10 / 14 - 1, 12 / 13 - 1, 16 / 11 - 1]);
});
