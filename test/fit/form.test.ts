import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ADDITIVE,
  BILINEAR,
  HINGE,
  LINEAR_PER_SIZE,
  MULTIPLICATIVE,
  PIECEWISE,
  POWER_LAW,
  QUADRATIC_PER_SIZE,
  THEIL_SEN_PER_SIZE,
} from "../../src/fit/candidate-forms.js";
import { fitFunction } from "../../src/fit/fit-function.js";
import { CONSTANT, digits, type Form, MINI_BATCH, sumOf, WORK } from "../../src/fit/form.js";
import { type Formula, observeLaw } from "./simulated-device.js";

/** Each law is exact, so that its formula is known before it is fitted: written here by hand. */
const PRINTED: readonly [form: Form, sizes: number[], batches: number[], law: Formula, text: string, latex: string][] =
  [
    [LINEAR_PER_SIZE, [64], [1, 2, 4], (_, b) => 3 + 5 * b, "3.000 + 5.000 mbs", "3.000 + 5.000\\,b"],
    [LINEAR_PER_SIZE, [64], [1, 2, 4], (_, b) => 5 * b - 2, "− 2.000 + 5.000 mbs", "- 2.000 + 5.000\\,b"],
    [LINEAR_PER_SIZE, [64], [1, 2, 4], (_, b) => 9 - 0.5 * b, "9.000 − 0.5000 mbs", "9.000 - 0.5000\\,b"],
    [THEIL_SEN_PER_SIZE, [64], [1, 2, 4], (_, b) => 9 - 0.5 * b, "9.000 − 0.5000 mbs", "9.000 - 0.5000\\,b"],
    [
      QUADRATIC_PER_SIZE,
      [64],
      [1, 2, 4, 8],
      (_, b) => 10 + 5 * b - 0.1 * b ** 2,
      "10.00 + 5.000 mbs − 0.1000 mbs²",
      "10.00 + 5.000\\,b - 0.1000\\,b^2",
    ],
    [
      MULTIPLICATIVE,
      [100, 200],
      [1, 2],
      (s, b) => 4 + (80 * b * s ** 2) / 1e6,
      "4.000 + 80.00 mbs × Mpx",
      "4.000 + 80.00\\,b\\,s^2",
    ],
    [
      ADDITIVE,
      [100, 200],
      [1, 2],
      (s, b) => 4 + (90 * s ** 2) / 1e6 + 2 * b,
      "4.000 + 90.00 Mpx + 2.000 mbs",
      "4.000 + 90.00\\,s^2 + 2.000\\,b",
    ],
    [
      BILINEAR,
      [100, 200],
      [1, 2, 4],
      (s, b) => 9 - (90 * s ** 2) / 1e6 + 2 * b + (80 * b * s ** 2) / 1e6,
      "9.000 − 90.00 Mpx + 2.000 mbs + 80.00 mbs × Mpx",
      "9.000 - 90.00\\,s^2 + 2.000\\,b + 80.00\\,b\\,s^2",
    ],
    [
      POWER_LAW,
      [100, 200],
      [1, 2],
      (s, b) => 0.002 * b ** 0.8 * s ** 1.7,
      "0.002000 mbs^0.800 px^1.70",
      "0.002000\\,b^{0.800}\\,s^{1.70}",
    ],
    [
      PIECEWISE,
      [100, 200],
      [1, 2, 4, 8, 16],
      (s, b) =>
        7 + (50 * s ** 2) / 1e6 + 3 * b + (80 * b * s ** 2) / 1e6 + 200 * Math.max(0, (b * s ** 2) / 1e6 - 0.16),
      "7.000 + 50.00 Mpx + 3.000 mbs + 80.00 mbs × Mpx + 200.0 max(0, mbs × Mpx − 0.160)",
      "7.000 + 50.00\\,s^2 + 3.000\\,b + 80.00\\,b\\,s^2 + 200.0\\,\\max(0,\\,b\\,s^2 - 0.160)",
    ],
    [
      HINGE,
      [64],
      [1, 2, 4, 8, 16],
      (_, b) => 7 + 0.5 * b + 2 * Math.max(0, b - 4),
      "7.000 + 0.5000 mbs + 2.000 max(0, mbs − 4.00)",
      "7.000 + 0.5000\\,b + 2.000\\,\\max(0,\\,b - 4.00)",
    ],
  ];

for (const [form, sizes, batches, law, text, latex] of PRINTED) {
  test(`${form.name}: the formula ${text} is printed of the law that was observed`, () => {
    const fitted = fitFunction("latency_ms", form, observeLaw(law, { sizes, batches }));
    assert.equal(fitted.formula, `latency_ms = ${text}`);
    assert.equal(fitted.latex, latex);
    for (const size of sizes) {
      for (const batch of [...batches, 3]) {
        assert.ok(
          Math.abs((fitted.predict(size, batch) ?? Number.NaN) / law(size, batch) - 1) < 1e-6,
          `${size} px × ${batch}`,
        );
      }
    }
  });
}

test("a form per size prints one line for each size, the smallest first, and names its coefficients after them", () => {
  const law: Formula = (size, batch) => (size === 64 ? 3 + 5 * batch : 20 + 7 * batch);
  const fitted = fitFunction("warmup_ms", LINEAR_PER_SIZE, observeLaw(law, { sizes: [128, 64], batches: [1, 2, 4] }));
  assert.equal(fitted.formula, "warmup_ms = 64 px: 3.000 + 5.000 mbs\nwarmup_ms = 128 px: 20.00 + 7.000 mbs");
  assert.equal(fitted.latex, "s = 64:\\; 3.000 + 5.000\\,b \\\\ s = 128:\\; 20.00 + 7.000\\,b");
  const rounded = Object.entries(fitted.coefficients).map(([name, value]) => [name, Math.round(value * 1e6) / 1e6]);
  assert.deepEqual(rounded, [
    ["64px_constant", 3],
    ["64px_mbs", 5],
    ["128px_constant", 20],
    ["128px_mbs", 7],
  ]);
});

test("four significant digits, and powers of ten as a person and as LaTeX writes them", () => {
  assert.deepEqual(
    [12345678, 1234.5678, 0.00000012344, 0].map((value) => digits(value, "text")),
    ["1.235e7", "1235", "1.234e-7", "0.000"],
  );
  assert.equal(sumOf([5, 0], [CONSTANT, MINI_BATCH], "text"), "5.000 + 0.000 mbs", "nothing is no loss");
  assert.equal(digits(12345678, "latex"), "1.235 \\cdot 10^{7}");
});

test("a form says nothing of fewer cells than it has coefficients, nor of two factors when one of them stood still", () => {
  const cells = (sizes: number[], batches: number[]) => observeLaw(() => 5, { sizes, batches, trials: 3 });
  for (const [form, sizes, least] of [
    [LINEAR_PER_SIZE, [64], 2],
    [THEIL_SEN_PER_SIZE, [64], 2],
    [QUADRATIC_PER_SIZE, [64], 3],
    [HINGE, [64], 4],
    [MULTIPLICATIVE, [64], 2],
  ] as const) {
    const fit = (count: number) => form.fit(cells([...sizes], [1, 2, 4, 8, 16].slice(0, count)));
    assert.equal(fit(least - 1), undefined, form.name);
    assert.notEqual(fit(least), undefined, form.name);
  }
  for (const [form, least] of [
    [ADDITIVE, 3],
    [POWER_LAW, 3],
    [BILINEAR, 4],
    [PIECEWISE, 6],
  ] as const) {
    const grid = cells([100, 200], [1, 2, 4]);
    const kept = new Set([...new Set(grid.map(cell))].slice(0, least));
    // The cells come size by size: the fourth is the first of the second size.
    const some = (count: number) => grid.filter((seen) => [...kept].slice(0, count).includes(cell(seen)));
    assert.equal(form.fit(some(least - 1)), undefined, form.name);
    if (least > 3) assert.notEqual(form.fit(some(least)), undefined, form.name);
    assert.equal(form.fit(cells([100], [1, 2, 4, 8, 16, 32])), undefined, `${form.name} at one size`);
    assert.equal(form.fit(cells([64, 100, 128, 160, 200, 224], [1])), undefined, `${form.name} at one mini-batch`);
  }
});

function cell({ inputSizePx, miniBatchSize }: { inputSizePx: number; miniBatchSize: number }): string {
  return `${inputSizePx} ${miniBatchSize} ${WORK.of(inputSizePx, miniBatchSize)}`;
}
