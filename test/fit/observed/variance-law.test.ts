import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../../src/core/seeded-random.js";
import { varianceLaw } from "../../../src/fit/observed/variance-law.js";

function cells(deviation: (size: number, batch: number) => number, trials = 40) {
  const random = seededRandom(2, "variances");
  return [64, 224].flatMap((inputSizePx) =>
    [1, 4, 16, 64].map((miniBatchSize) => ({
      ...{ inputSizePx, miniBatchSize },
      logs: Array.from({ length: trials }, () => deviation(inputSizePx, miniBatchSize) * random.normal()),
    })),
  );
}

test("a variance that falls with the mini-batch and grows with the size is found at measured cells and between", () => {
  const deviation = (size: number, batch: number) => 0.2 * batch ** -0.3 * (size / 64) ** 0.2;
  const law = varianceLaw(cells(deviation));
  for (const [size, batch] of [
    [64, 1],
    [64, 64],
    [128, 8],
    [224, 16],
  ] as const) {
    const ratio = Math.sqrt(law.at({ inputSizePx: size, miniBatchSize: batch })) / deviation(size, batch);
    assert.ok(Math.abs(ratio - 1) < 0.2, `${size} × ${batch}: ${ratio}`);
  }
  assert.equal(law.slopes, 2);
});

test("few trials of equal variance bend it little, and trials without scatter have none", () => {
  const law = varianceLaw(cells(() => 0.1, 3));
  const [small, large] = [1, 64].map((miniBatchSize) => law.at({ inputSizePx: 64, miniBatchSize }));
  assert.ok(Math.abs(Math.log((small ?? 1) / (large ?? 1))) < 2, `${small} and ${large}`);
  assert.equal(varianceLaw(cells(() => 0)).at({ inputSizePx: 64, miniBatchSize: 1 }), 0);
});
