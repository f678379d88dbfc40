import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ADDITIVE,
  BILINEAR,
  HINGE,
  LINEAR_PER_SIZE,
  MULTIPLICATIVE,
  ONE_CELL,
  PIECEWISE,
  POWER_LAW,
  QUADRATIC_PER_SIZE,
  THEIL_SEN_PER_SIZE,
} from "../../src/fit/candidate-forms.js";
import type { Form } from "../../src/fit/form.js";
import type { Observation } from "../../src/fit/observed/observation.js";

/** Cells of one input size, one value each. */
function atOneSize(values: Readonly<Record<number, number>>): Observation[] {
  return Object.entries(values).map(([size, value]) => ({ inputSizePx: 64, miniBatchSize: Number(size), value }));
}

const SCATTERED = atOneSize({ 1: 10, 2: 13, 4: 22, 8: 41, 16: 70 });
const BENT = atOneSize({ 1: 20, 2: 21, 4: 22, 8: 40, 16: 83, 32: 158 });
const GRID: Observation[] = [
  [100, 1, 5],
  [100, 2, 8],
  [100, 4, 13],
  [200, 1, 11],
  [200, 2, 22],
  [200, 4, 39],
].map(([inputSizePx = 0, miniBatchSize = 0, value = 0]) => ({ inputSizePx, miniBatchSize, value }));

/**
 * Computed with numpy's lstsq on rows divided by their values (the power law: on logarithms), and scipy's theilslopes.
 */
const ORACLE: readonly [Form, readonly Observation[], Record<string, number>][] = [
  [LINEAR_PER_SIZE, SCATTERED, { constant: 5.504019872411336, mbs: 4.135957001071283 }],
  [
    QUADRATIC_PER_SIZE,
    SCATTERED,
    { constant: 5.409975710979624, mbs: 4.204547232708462, mbs_squared: -0.0054030493721546335 },
  ],
  // An odd number of slopes has one middle.
  [THEIL_SEN_PER_SIZE, atOneSize({ 1: 10, 2: 13, 3: 15, 4: 22, 8: 41, 16: 70, 32: 131 }), { constant: 6, mbs: 4 }],
  // Of the knots 2, 2.83, 4, 5.66, 8, 11.3 and 16 the third has the smallest squares.
  [HINGE, BENT, { constant: 19.60961333209756, mbs: 0.557232602106432, beyond_knot: 4.332371197615068, knot_mbs: 4 }],
  [MULTIPLICATIVE, GRID, { constant: 2.836823980889009, mbs_Mpx: 231.0419373975478 }],
  [ADDITIVE, GRID, { constant: -1.813261606532229, Mpx: 294.1714891606617, mbs: 3.5027432744906832 }],
  [
    BILINEAR,
    GRID,
    { constant: 2.620158404875422, Mpx: -27.45962746978525, mbs: 0.3953298375486227, mbs_Mpx: 231.82796299069724 },
  ],
  [POWER_LAW, GRID, { factor: 0.0075204074044559885, mbs_exponent: 0.8011205558696688, px_exponent: 1.39396588103613 }],
];

for (const [form, observations, expected] of ORACLE) {
  test(`${form.name}: the coefficients are numpy's`, () => {
    const law = form.fit(observations);
    assert.deepEqual(Object.keys(law?.coefficients ?? {}), Object.keys(expected));
    for (const [name, value] of Object.entries(expected)) {
      const found = law?.coefficients[name] ?? Number.NaN;
      assert.ok(Math.abs(found / value - 1) < 1e-7, `${name}: ${found} is not ${value}`);
    }
  });
}

test("the bend of a hinge lies at a mini-batch size or in the logarithmic middle of two", () => {
  for (const knot of [2, Math.sqrt(2 * 4), 4, Math.sqrt(4 * 8), 8]) {
    const law = HINGE.fit(
      atOneSize(Object.fromEntries([1, 2, 4, 8, 16].map((b) => [b, 10 + b + 5 * Math.max(0, b - knot)]))),
    );
    assert.equal(law?.coefficients.knot_mbs, knot);
    assert.ok(Math.abs((law?.coefficients.beyond_knot ?? 0) - 5) < 1e-6);
  }
});

test("the piecewise surface bends at any of up to twelve measured amounts of work, the outer two on each side left out", () => {
  const batches = [1, 2, 4, 8, 16];
  const bending = (knot: number) =>
    [100, 200].flatMap((inputSizePx) =>
      batches.map((miniBatchSize) => {
        const work = (miniBatchSize * inputSizePx ** 2) / 1e6;
        return { inputSizePx, miniBatchSize, value: 7 + miniBatchSize + 30 * work + 90 * Math.max(0, work - knot) };
      }),
    );
  // 0.01, 0.02, 0.04, 0.08, 0.16, 0.32 and 0.64 megapixels are measured.
  for (const knot of [0.04, 0.08, 0.16]) {
    const law = PIECEWISE.fit(bending(knot));
    assert.equal(law?.coefficients.knot_Mpx, knot);
    assert.ok(Math.abs((law?.coefficients.beyond_knot ?? 0) - 90) < 1e-4);
  }
  for (const knot of [0.02, 0.32]) {
    const found = PIECEWISE.fit(bending(knot))?.coefficients.knot_Mpx ?? 0;
    assert.ok(found >= 0.04 && found <= 0.16, String(found));
  }
});

test("of many measured amounts of work about twelve are tried for the bend", () => {
  // 26 amounts, b and 4 b hundredths; of the inner 22 every third: 0.03, 0.06, 0.09, 0.12 and so on.
  const knotOf = (knot: number) =>
    PIECEWISE.fit(
      [100, 200].flatMap((inputSizePx) =>
        [1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15, 17].map((miniBatchSize) => {
          const work = (miniBatchSize * inputSizePx ** 2) / 1e6;
          return { inputSizePx, miniBatchSize, value: 7 + miniBatchSize + 30 * work + 90 * Math.max(0, work - knot) };
        }),
      ),
    )?.coefficients.knot_Mpx;
  for (const knot of [0.03, 0.06, 0.12]) assert.equal(knotOf(knot), knot);
  for (const knot of [0.07, 0.08]) assert.ok([0.06, 0.09].includes(knotOf(knot) ?? 0), String(knotOf(knot)));
});

test("one cell has a constant, which counts relative errors, and two cells have none", () => {
  const twice = [10, 20].map((value) => ({ inputSizePx: 64, miniBatchSize: 8, value }));
  // Σ 1/v over Σ 1/v², by hand: 0.15 / 0.0125.
  const law = ONE_CELL.fit(twice);
  assert.ok(Math.abs((law?.coefficients.constant ?? 0) - 12) < 1e-9);
  assert.ok(Math.abs((law?.evaluate(64, 8) ?? 0) - 12) < 1e-9);
  assert.equal(law?.evaluate(128, 8), undefined, "nothing is said of another size");
  assert.equal(ONE_CELL.fit([...twice, { inputSizePx: 64, miniBatchSize: 16, value: 30 }]), undefined);
});

test("Theil and Sen's slope is that of the medians of the cells", () => {
  const trials = [1, 2, 4].flatMap((miniBatchSize) =>
    [0.1, 1, 1].map((scale) => ({ inputSizePx: 64, miniBatchSize, value: scale * (2 + 3 * miniBatchSize) })),
  );
  const law = THEIL_SEN_PER_SIZE.fit(trials);
  assert.ok(
    Math.abs((law?.coefficients.constant ?? 0) - 2) < 1e-9 && Math.abs((law?.coefficients.mbs ?? 0) - 3) < 1e-9,
  );
});
