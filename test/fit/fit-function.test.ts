import assert from "node:assert/strict";
import { test } from "node:test";
import { bootstrapLaws, REPLICATES } from "../../src/fit/bootstrap.js";
import { LINEAR_PER_SIZE, MULTIPLICATIVE, ONE_CELL, QUADRATIC_PER_SIZE } from "../../src/fit/candidate-forms.js";
import { fitFunction } from "../../src/fit/fit-function.js";
import { requireInReach } from "../../src/fit/fitted-function.js";
import type { Observation } from "../../src/fit/observed/observation.js";
import { observeLaw } from "./simulated-device.js";

function at(inputSizePx: number, miniBatchSize: number, ...values: number[]): Observation[] {
  return values.map((value) => ({ inputSizePx, miniBatchSize, value }));
}

function close(found: number | undefined, expected: number): void {
  assert.ok(Math.abs((found ?? Number.NaN) - expected) < 1e-9 * Math.max(1, expected), `${found} is not ${expected}`);
}

const SCATTERED = [...at(64, 1, 10), ...at(64, 2, 13), ...at(64, 4, 22), ...at(64, 8, 41), ...at(64, 16, 70)];

test("R², left-out errors and the ratio of a left-out cell are numpy's", () => {
  const linear = fitFunction("latency_ms", LINEAR_PER_SIZE, SCATTERED);
  close(linear.rSquared, 0.9962079779041173);
  close(linear.leftOutError, 0.08016212010180357);
  close(linear.leftOutRatio(64, 1), 1.1206215076890174);
  close(linear.leftOutRatio(64, 16), 1 - 0.046751788908481196);
  assert.equal(linear.leftOutRatio(64, 3), undefined, "3 was not measured");
  assert.equal(linear.leftOutTrials, 5);
  assert.equal(linear.noiseFloor, undefined);
  const quadratic = fitFunction("latency_ms", QUADRATIC_PER_SIZE, SCATTERED);
  close(quadratic.rSquared, 0.9968440596118375);
  close(quadratic.leftOutError, 0.10371658473699741);
});

test("a line through values that are equal explains them, rounding aside", () => {
  for (const value of [8, 10.29, 1 / 3]) {
    const equal = [1, 2, 3, 4].flatMap((miniBatchSize) => at(32, miniBatchSize, value, value));
    assert.equal(fitFunction("latency_ms", LINEAR_PER_SIZE, equal).rSquared, 1, String(value));
  }
});

test("the ratio of a left-out cell is that of the median of its trials", () => {
  const fitted = fitFunction("latency_ms", LINEAR_PER_SIZE, [
    ...at(64, 1, 7, 7, 7),
    ...at(64, 2, 12, 12, 12),
    ...at(64, 4, 22, 24.2, 88),
  ]);
  close(fitted.leftOutRatio(64, 4), 1.1);
  assert.equal(fitted.leftOutTrials, 9);
});

test("a fit without enough cells to leave one out has no left-out error, and is refused with fewer", () => {
  const two = fitFunction("latency_ms", LINEAR_PER_SIZE, [...at(64, 1, 7), ...at(64, 2, 12)]);
  assert.equal(two.leftOutError, undefined);
  assert.equal(two.leftOutTrials, 0);
  assert.equal(two.leftOutRatio(64, 1), undefined);
  assert.throws(
    () => fitFunction("latency_ms", LINEAR_PER_SIZE, at(64, 1, 7, 8)),
    /^UserError: fit of latency_ms: too few cells for linear in mbs, per size$/,
  );
});

test("a function answers up to half as far again outside what was measured, and no further", () => {
  const law = (size: number, batch: number) => 5 + (80 * batch * size ** 2) / 1e6;
  const fitted = fitFunction("latency_ms", MULTIPLICATIVE, observeLaw(law, { sizes: [96, 200], batches: [4, 8, 15] }));
  // From 4/1.5 = 2.67 to 22.5 images, and from 96/1.5 = 64 to 300 px.
  for (const [size, batch] of [
    [100, 3],
    [200, 22],
    [64, 4],
    [300, 15],
  ] as const) {
    close(fitted.predict(size, batch), law(size, batch));
  }
  for (const [size, batch, reason] of [
    [100, 2, /^latency_ms at mini-batch size 2: .*, allowed are 3 to 22$/],
    [100, 23, /^latency_ms at mini-batch size 23: .*, allowed are 3 to 22$/],
    [63, 8, /^latency_ms at input size 63: .*, allowed are 64 to 300$/],
    [301, 8, /^latency_ms at input size 301: .*, allowed are 64 to 300$/],
  ] as const) {
    assert.equal(fitted.predict(size, batch), undefined);
    assert.throws(() => requireInReach(fitted, size, batch), { name: "UserError", message: reason });
  }
  requireInReach(fitted, 64, 22);
  close(fitted.extrapolate(1000, 100), law(1000, 100));
});

test("the bootstrap draws the trials of a cell with replacement", () => {
  // Two trials, 10 and 20, are drawn as 10 10, 10 20 or 20 20; the constant of each by hand: 10, 0.15/0.0125 and 20.
  const fitted = fitFunction("latency_ms", ONE_CELL, at(64, 8, 10, 20));
  const counts = new Map<number, number>();
  for (let index = 0; index < REPLICATES; index++) {
    const value = Math.round((fitted.resampled(index, 64, 8) ?? Number.NaN) * 1e9) / 1e9;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  assert.deepEqual([...counts.keys()].sort(), [10, 12, 20]);
  // A quarter, a half and a quarter of 200, within four standard deviations.
  for (const [value, share] of [
    [10, 50],
    [12, 100],
    [20, 50],
  ] as const) {
    assert.ok(Math.abs((counts.get(value) ?? 0) - share) < 28, `${value}: ${counts.get(value)} times`);
  }
  const interval = fitted.coefficientIntervals().constant;
  close(interval?.low, 10);
  close(interval?.high, 20);
  assert.equal(fitted.resampled(REPLICATES, 64, 8), undefined);
  // No cell can be left out, so that new trials scatter as those seen, 10/12 and 20/12, around each constant: 8.33 once
  // in eight times, 10 twice, 16.67 twice, 20 twice and 33.33 once.
  for (const [p, value] of [
    [0.06, 100 / 12],
    [0.25, 10],
    [0.5, 200 / 12],
    [0.75, 20],
    [0.94, 400 / 12],
  ] as const) {
    close(fitted.quantile(64, 8, p), value);
  }
});

test("new trials scatter by the errors on left-out cells where there are any", () => {
  // Every trial twice the same, so that each resample is the law itself. Errors on left-out cells: numpy.
  const fitted = fitFunction("latency_ms", LINEAR_PER_SIZE, [
    ...at(64, 1, 7, 7),
    ...at(64, 2, 12, 12),
    ...at(64, 4, 22, 22),
    ...at(64, 8, 84, 84),
  ]);
  const law = fitted.predict(64, 5) ?? Number.NaN;
  close(fitted.quantile(64, 5, 1), law * (1 + 1.3785714285714246));
  close(fitted.quantile(64, 5, 0), law * (1 - 0.30281690140845063));
  for (const index of [0, 1, REPLICATES - 1]) close(fitted.resampled(index, 64, 5), law);
});

test("where no cell was repeated cells are drawn, and each sample answers wherever something was measured", () => {
  const laws = bootstrapLaws(LINEAR_PER_SIZE, SCATTERED);
  assert.equal(laws.length, 200);
  const slopes = new Set(laws.map(({ coefficients }) => coefficients.mbs));
  assert.ok(slopes.size > 50, `${slopes.size} different slopes`);
  // Half of the draws of two cells have the same one twice, and no line.
  const pair = bootstrapLaws(LINEAR_PER_SIZE, [...at(64, 1, 7), ...at(64, 2, 12), ...at(128, 1, 9), ...at(128, 4, 12)]);
  assert.equal(pair.length, REPLICATES);
  for (const law of pair) {
    close(law.evaluate(64, 1), 7);
    close(law.evaluate(128, 4), 12);
  }
});

test("where some cells were repeated the others keep their only trial", () => {
  const laws = bootstrapLaws(LINEAR_PER_SIZE, [...at(64, 1, 7), ...at(64, 2, 12, 13)]);
  for (const law of laws) close(law.evaluate(64, 1), 7);
  assert.ok(
    laws.some((law) => (law.evaluate(64, 2) ?? 0) > 12.9) && laws.some((law) => (law.evaluate(64, 2) ?? 0) < 12.1),
  );
});
