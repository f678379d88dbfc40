import assert from "node:assert/strict";
import { test } from "node:test";
import { studentCumulative, studentQuantile } from "../../src/core/student-t.js";

/** By scipy 1.17: `t.ppf(p, degrees)` and `t.cdf(t, degrees)`. */
const QUANTILES: readonly (readonly [p: number, degrees: number, t: number])[] = [
  [0.6, 0.7, 0.35603136523468015],
  [0.975, 1, 12.706204736174694],
  [0.9995, 2, 31.599054576445365],
  [0.975, 4, 2.7764451051977934],
  [1 - 1e-9, 15, 12.692733407157508],
  [0.9, 29.5, 1.3109155066339715],
  [0.9995, 400, 3.315015223397567],
  [0.975, 1e5, 1.9599877075346095],
];
const CUMULATIVE: readonly (readonly [t: number, degrees: number, p: number])[] = [
  [-3, 0.7, 0.1416856696505129],
  [1.3, 1, 0.7912855998398473],
  [40, 2, 0.9996877926639076],
  [-0.2, 15, 0.4220833884871919],
  [-3, 400, 0.0014343545074082253],
  [0, 29.5, 0.5],
];

test("quantiles and probabilities of Student's t are those of another library", () => {
  for (const [p, degrees, t] of QUANTILES) {
    assert.ok(Math.abs(studentQuantile(p, degrees) / t - 1) < 1e-8, `quantile ${p}, ${degrees}`);
    assert.ok(Math.abs(studentQuantile(1 - p, degrees) / t + 1) < 1e-7, `quantile ${1 - p}, ${degrees}`);
  }
  for (const [t, degrees, p] of CUMULATIVE) {
    assert.ok(Math.abs(studentCumulative(t, degrees) / p - 1) < 1e-9, `cumulative ${t}, ${degrees}`);
  }
});

test("a small tail keeps its digits", () => {
  assert.ok(Math.abs(studentCumulative(-40, 20) / 7.287348277155374e-21 - 1) < 1e-9);
});
