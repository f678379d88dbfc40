import assert from "node:assert/strict";
import { test } from "node:test";
import { linearRegression } from "simple-statistics";
import { leastSquares, relativeLeastSquares } from "../../src/core/least-squares.js";
import { BILINEAR, LINEAR_PER_SIZE, MULTIPLICATIVE, THEIL_SEN_PER_SIZE } from "../../src/fit/candidate-forms.js";
import { noiseFloor } from "../../src/fit/cross-validation.js";
import { WORK } from "../../src/fit/form.js";
import { fitQuantity } from "../../src/fit/quantity-fit.js";
import { tolerance } from "../../src/fit/trusted-law.js";
import { type Formula, observeLaw } from "./simulated-device.js";

const GRID = { sizes: [64, 96, 128, 160, 224, 320], batches: [1, 2, 4, 8, 16, 32] };

test("least squares agree with simple-statistics, relative ones with their closed form for one term", () => {
  const x = [1, 2, 4, 8, 16];
  const y = [3.1, 4.9, 9.2, 16.8, 33.5];
  const [b = Number.NaN, m = Number.NaN] = leastSquares(
    x.map((value) => [1, value]),
    y,
  );
  const oracle = linearRegression(x.map((value, index) => [value, y[index] ?? 0]));
  assert.ok(Math.abs(b - oracle.b) < 1e-9 && Math.abs(m - oracle.m) < 1e-9);
  const [c = Number.NaN] = relativeLeastSquares(
    x.map((value) => [value]),
    y,
  );
  const ratios = x.map((value, index) => value / (y[index] ?? 1));
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  assert.ok(Math.abs(c - sum(ratios) / sum(ratios.map((ratio) => ratio ** 2))) < 1e-12);
});

const laws: readonly [form: string, law: Formula][] = [
  ["multiplicative surface", (size, batch) => 5 + 80 * WORK.of(size, batch)],
  ["additive surface", (size, batch) => 5 + (60 * size ** 2) / 1e6 + 3 * batch],
  ["power law", (size, batch) => 0.002 * batch ** 0.8 * size ** 1.7],
  ["bilinear surface", (size, batch) => 4 + (90 * size ** 2) / 1e6 + 2 * batch + 80 * WORK.of(size, batch)],
];
for (const [form, law] of laws) {
  test(`cross-validation over cells chooses the ${form} where that is the law`, () => {
    const fit = fitQuantity("latency_ms", observeLaw(law, { ...GRID, trials: 3, noise: 0.01 }));
    assert.equal(fit.chosen.form, form);
    const chosen = fit.candidates().find((candidate) => candidate.chosen);
    assert.equal(chosen?.withinNoise, true, "the true law is as good as the noise allows");
  });
}

test("where the law bends, the piecewise surface finds the knot", () => {
  const law: Formula = (size, batch) =>
    5 + 80 * WORK.of(size, batch) + 200 * Math.max(0, WORK.of(size, batch) - 0.2048);
  const fit = fitQuantity("latency_ms", observeLaw(law, { ...GRID, trials: 3, noise: 0.005 }));
  assert.equal(fit.chosen.form, "piecewise surface");
  assert.ok(Math.abs((fit.chosen.coefficients.knot_Mpx ?? 0) - 0.2048) < 0.1, String(fit.chosen.coefficients.knot_Mpx));
});

test("a form with its own law per size is chosen where sizes have nothing in common, and answers at no other size", () => {
  const law: Formula = (size, batch) => ({ 64: 3, 96: 40, 128: 7, 160: 90, 224: 11, 320: 2 })[size] ?? 0 + batch;
  const fit = fitQuantity(
    "latency_ms",
    observeLaw((size, batch) => law(size, batch) + batch, { ...GRID, trials: 2 }),
  );
  assert.equal(fit.chosen.form, "linear in mbs, per size");
  assert.equal(fit.chosen.extrapolate(200, 1), undefined);
  assert.equal(fit.chosen.quantile(200, 1, 0.9), undefined);
  assert.equal(fit.chosen.resampled(0, 200, 1), undefined);
  assert.notEqual(fit.at(200).form, "linear in mbs, per size");
});

test("one wild cell in four does not move the Theil–Sen slope", () => {
  const observations = observeLaw((_, batch) => 1 + 2 * batch, { sizes: [64], batches: [1, 2, 4, 8, 16] });
  const wild = observations.map((seen) => (seen.miniBatchSize === 4 ? { ...seen, value: 0.3 } : seen));
  const robust = THEIL_SEN_PER_SIZE.fit(wild)?.evaluate(64, 8) ?? Number.NaN;
  const squares = LINEAR_PER_SIZE.fit(wild)?.evaluate(64, 8) ?? Number.NaN;
  assert.ok(Math.abs(robust - 17) < 3, String(robust));
  assert.ok(Math.abs(squares - 17) > 3, String(squares));
});

test("the noise floor is how far a trial lies from the median of the others of its cell", () => {
  const at = (miniBatchSize: number, value: number) => ({ inputSizePx: 64, miniBatchSize, value });
  // Cell 1: 10 by 11 and 11 by 10; cell 2: a single trial, of which nothing can be said.
  const floor = noiseFloor([at(1, 10), at(1, 11), at(2, 30)]) ?? Number.NaN;
  assert.ok(Math.abs(floor - (1 / 11 + 1 / 10) / 2) < 1e-12, String(floor));
  assert.equal(noiseFloor([at(1, 10), at(2, 20)]), undefined);
});

test("a law that is above 0 where mini-batch sizes were measured need not be below them", () => {
  const law: Formula = (size, batch) => (size / 128) * (2 * batch - 60);
  const fit = fitQuantity("latency_ms", observeLaw(law, { sizes: [128, 256], batches: [48, 64, 96, 128], trials: 2 }));
  assert.ok((fit.chosen.extrapolate(128, 1) ?? 0) < 0);
  assert.ok((fit.chosen.leftOutError ?? Infinity) < 1e-9, fit.chosen.form);
});

test("a form that predicts no time at all between its measurements is not chosen", () => {
  // Linear through both of 64 px's cells: below 0 at mini-batches of 1 to 3, which were not measured there.
  const at = (inputSizePx: number, miniBatchSize: number, value: number) => ({ inputSizePx, miniBatchSize, value });
  const steep = [at(64, 4, 0.01), at(64, 8, 8), at(64, 8, 8.01)];
  const flat = [1, 2, 4, 8].map((batch) => at(128, batch, 2 * batch));
  const fit = fitQuantity("latency_ms", [...steep, ...flat]);
  assert.ok((LINEAR_PER_SIZE.fit(steep)?.evaluate(64, 1) ?? 0) < 0);
  for (let batch = 1; batch <= 8; batch++) assert.ok((fit.at(64).extrapolate(64, batch) ?? 0) > 0, fit.at(64).form);
});

test("nothing can be fitted to nothing, and that is said", () => {
  assert.throws(() => fitQuantity("latency_ms", []), /^UserError: fit of latency_ms: requires at least 1 cell, got 0$/);
});

test("where no cell was repeated forms are told apart by their errors alone, and the law's trust is 5 %", () => {
  const observations = observeLaw((size, batch) => 2 + 100 * WORK.of(size, batch) + 30 * batch, { ...GRID, trials: 1 });
  const fit = fitQuantity("latency_ms", observations, [MULTIPLICATIVE, BILINEAR]);
  assert.equal(fit.noiseFloor, undefined);
  assert.equal(fit.chosen.form, BILINEAR.name, "the simpler one errs");
  assert.equal(tolerance(fit), 0.05);
});

test("a candidate is fitted once to what was measured, and its errors are computed once", () => {
  const observations = observeLaw((size, batch) => 2 + 100 * WORK.of(size, batch), { ...GRID, trials: 2, noise: 0.1 });
  const fits = { all: 0, fewer: 0 };
  const counting = [MULTIPLICATIVE, BILINEAR].map((form) => ({
    ...form,
    fit(own: typeof observations) {
      fits[own.length === observations.length ? "all" : "fewer"]++;
      return form.fit(own);
    },
  }));
  const fit = fitQuantity("latency_ms", observations, counting);
  assert.deepEqual(fits, { all: 0, fewer: 0 }, "nothing before it is asked for");
  assert.equal(fit.chosen.quantity, "latency_ms");
  assert.equal(fits.all, 2, "one for each form");
  const candidates = fit.candidates();
  const { fewer } = fits;
  assert.ok(fewer > 0, "cells were left out");
  assert.deepEqual(fit.candidates(), candidates);
  assert.equal(fits.fewer, fewer);
});
