import assert from "node:assert/strict";
import { test } from "node:test";
import { errorsOf, FORMS } from "../../bench/laws/left-out.js";
import type { Observation } from "../../src/fit/observed/observation.js";
import { fitPublished } from "../../src/fleet/published-work.js";
import { publishedCurve } from "../../src/importing/published.js";

const curveOf = (latencyMs: (size: number) => number): Observation[] =>
  [1, 2, 4, 8, 16, 32, 64, 128].map((miniBatchSize) => ({
    inputSizePx: 224,
    miniBatchSize,
    value: latencyMs(miniBatchSize),
  }));

/** What each form says exactly of. */
const TRUE: Readonly<Record<string, (size: number) => number>> = {
  "a + c·b (the study's)": (size) => 5 + 0.3 * size,
  "c·b^p": (size) => 5 * size ** 0.7,
  "max(a, c·b)": (size) => Math.max(9, 0.3 * size),
  "(a^p + (c·b)^p)^(1/p)": (size) => (9 ** 2 + (0.3 * size) ** 2) ** (1 / 2),
  "interpolation of ln L in ln b (PCHIP)": (size) => 5 * size ** 0.7,
};

test("each form leaves nothing of curves that follow it, and predicts the points that are left out", () => {
  for (const [form, latencyMs] of Object.entries(TRUE)) {
    const fit = FORMS[form];
    assert.ok(fit !== undefined, form);
    const { leftOut, full, points } = errorsOf(fit, [curveOf(latencyMs)]);
    assert.equal(points, 6);
    assert.ok(leftOut[1] < 1e-5 && full[1] < 1e-5, `${form}: ${leftOut}, ${full}`);
  }
});

test("on EfficientNet-B0 of four GPUs the smooth roofline errs less than half as much as the study's line", () => {
  const curves = ["15", "19", "23", "27"].map(
    (curve) => fitPublished(publishedCurve(curve)).meanLatency().observations,
  );
  const errors = (form: string) => {
    const fit = FORMS[form];
    assert.ok(fit !== undefined, form);
    return errorsOf(fit, curves);
  };
  const [line, roofline, planned] = [
    errors("a + c·b (the study's)"),
    errors("(a^p + (c·b)^p)^(1/p)"),
    errors("what plans are made with"),
  ];
  assert.ok(roofline.leftOut[0] < line.leftOut[0] / 2 && roofline.full[0] < line.full[0] / 2);
  assert.ok(planned.leftOut[0] < line.leftOut[0] / 2 && planned.leftOut[1] < roofline.leftOut[1] * 1.2);
});
