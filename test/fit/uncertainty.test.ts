import assert from "node:assert/strict";
import { test } from "node:test";
import { coefficientsHeld } from "../../bench/truth/coefficients.js";
import { seededRandom } from "../../src/core/seeded-random.js";
import { boundedBelow } from "../../src/fit/bounded-below.js";
import { MULTIPLICATIVE } from "../../src/fit/candidate-forms.js";
import { fitFunction } from "../../src/fit/fit-function.js";
import { WORK } from "../../src/fit/form.js";
import { observeLaw } from "./simulated-device.js";

const law = (size: number, batch: number) => 5 + 80 * WORK.of(size, batch);
const NOISE = 0.05;

test("intervals of coefficients and of new trials cover what they should, over repeated experiments", () => {
  const experiments = 60;
  const random = seededRandom(7, "new trials");
  let slopeCovered = 0;
  let trialCovered = 0;
  let belowBound = 0;
  for (let seed = 1; seed <= experiments; seed++) {
    const fitted = fitFunction("latency_ms", MULTIPLICATIVE, observeLaw(law, { trials: 5, noise: NOISE, seed }));
    const slope = fitted.coefficientIntervals().mbs_Mpx ?? { low: Number.NaN, high: Number.NaN };
    if (slope.low <= 80 && 80 <= slope.high) slopeCovered++;
    const next = law(128, 4) * (1 + NOISE * random.normal());
    const at = (p: number) => fitted.quantile(128, 4, p) ?? Number.NaN;
    if (at(0.025) <= next && next <= at(0.975)) trialCovered++;
    if (next <= at(0.95)) belowBound++;
  }
  // Of 60 experiments at a true coverage of 95 %, fewer than 51 happen once in 2,000 times; percentile intervals from
  // five trials a cell cover a little less than 95 %, hence 49.
  for (const covered of [slopeCovered, trialCovered, belowBound]) {
    assert.ok(covered >= 49, `${slopeCovered}, ${trialCovered} and ${belowBound} of ${experiments}`);
  }
  assert.ok(slopeCovered < experiments || trialCovered < experiments, "intervals so wide that they never miss");
});

test("intervals of coefficients hold where cells deviate from the law, with as few as three trials of six cells", () => {
  const held = coefficientsHeld([1, 3, 5, 9, 20, 32], { trials: 3, deviation: 0.05 }, 300);
  // 95 % within three standard deviations of 300 sweeps.
  for (const [name, share] of Object.entries(held)) assert.ok(Math.abs(share - 0.95) < 0.038, `${name}: ${share}`);
});

test("the same observations give the same intervals", () => {
  const twice = [1, 2].map(() => fitFunction("latency_ms", MULTIPLICATIVE, observeLaw(law, { trials: 3, noise: 0.1 })));
  const [first, second] = twice.map((fitted) => [fitted.coefficientIntervals(), fitted.quantile(128, 4, 0.9)]);
  assert.deepEqual(first, second);
});

test("a bound that a fit falls short of pulls it up to the one-sided optimum", () => {
  const observations = observeLaw((size, batch) => 100 + 400 * WORK.of(size, batch) ** 1.2, { noise: 0.02 });
  const bound = { inputSizePx: 224, miniBatchSize: 32, value: 1500 };
  const form = boundedBelow(MULTIPLICATIVE, [bound]);
  const fitted = form.fit(observations);
  assert.ok(fitted !== undefined);
  const free = MULTIPLICATIVE.fit(observations)?.evaluate(224, 32) ?? 0;
  const held = fitted.evaluate(224, 32) ?? 0;
  assert.ok(free < bound.value && held > free, `${free}, ${held}`);

  // Oracle: no other coefficients have a smaller sum of squares and one-sided squares.
  const loss = (constant: number, slope: number) => {
    const at = (size: number, batch: number) => constant + slope * WORK.of(size, batch);
    const shortfall = Math.max(0, 1 - at(224, 32) / bound.value);
    return observations.reduce(
      (sum, { inputSizePx, miniBatchSize, value }) => sum + (at(inputSizePx, miniBatchSize) / value - 1) ** 2,
      shortfall ** 2,
    );
  };
  const { constant = Number.NaN, mbs_Mpx = Number.NaN } = fitted.coefficients;
  const least = loss(constant, mbs_Mpx);
  for (let a = -40; a <= 40; a++) {
    for (let b = -40; b <= 40; b++) {
      assert.ok(loss(constant + a * 0.5, mbs_Mpx + b * 2) >= least - 1e-9, `better at ${a}, ${b}`);
    }
  }
});

test("a bound that the fit meets by itself changes nothing", () => {
  const observations = observeLaw(law);
  const bounded = boundedBelow(MULTIPLICATIVE, [{ inputSizePx: 224, miniBatchSize: 64, value: 100 }]);
  assert.deepEqual(bounded.fit(observations)?.coefficients, MULTIPLICATIVE.fit(observations)?.coefficients);
});
