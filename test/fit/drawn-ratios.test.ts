import assert from "node:assert/strict";
import { test } from "node:test";
import { drawnRatios } from "../../src/fit/drawn-ratios.js";
import { fitQuantity } from "../../src/fit/quantity-fit.js";
import { observeLaw } from "./simulated-device.js";

const observations = observeLaw((size, batch) => 2 + (batch * size ** 2) / 2e4, {
  ...{ trials: 3, noise: 0.1, seed: 2, batches: [2, 4, 8, 16] },
});
const quantity = fitQuantity("latency_ms", observations);
const law = quantity.law() ?? assert.fail("no law");

test("a drawn function is what the law draws at the measured mini-batches, and straight in logarithms between", () => {
  const at = drawnRatios(quantity, law, 128, 7);
  const knots = [2, 3, 4, 6, 8, 11, 16];
  const drawn = law.draw(128, knots, "latency_ms at 128 px 7") ?? [];
  for (const [index, size] of knots.entries()) {
    const ratio = (drawn[index] ?? Number.NaN) / (law.at(128, size)?.value ?? Number.NaN);
    assert.ok(Math.abs(at(size) / ratio - 1) < 1e-9, `${size}: ${at(size)}, ${ratio}`);
  }
  const share = Math.log(14 / 11) / Math.log(16 / 11);
  assert.ok(Math.abs(Math.log(at(14)) - (1 - share) * Math.log(at(11)) - share * Math.log(at(16))) < 1e-9);
});

test("beyond the measured mini-batches it is off as much as at the last one", () => {
  const at = drawnRatios(quantity, law, 128, 3);
  assert.notEqual(at(16), at(2));
  assert.equal(at(64), at(16));
  assert.equal(at(1), at(2));
});
