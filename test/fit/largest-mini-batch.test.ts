import assert from "node:assert/strict";
import { test } from "node:test";
import { MULTIPLICATIVE } from "../../src/fit/candidate-forms.js";
import { fitDevice, largestMiniBatches } from "../../src/fit/fit-dataset.js";
import { fitFunction } from "../../src/fit/fit-function.js";
import type { FittedFunction } from "../../src/fit/fitted-function.js";
import { checkedLargestMiniBatch, largestBelow, largestMiniBatch } from "../../src/fit/largest-mini-batch.js";
import { DEVICE, observeLaw, simulatedTrials } from "./simulated-device.js";

test("the largest mini-batch is the last whose memory is within the limit, the limit itself included", () => {
  const memory = (batch: number) => 100 + 50 * batch;
  for (const [limit, largest] of [
    [149, 0],
    [150, 1],
    [199, 1],
    [200, 2],
    [300, 4],
    [349, 4],
    [350, 5],
    [5000, 98],
  ] as const) {
    assert.equal(largestBelow(memory, limit), largest, `${limit} MiB`);
  }
  assert.equal(
    largestBelow(() => 1, 2),
    65_535,
    "no larger one is looked at",
  );
  const fitted = fitFunction(
    "peak_memory_mib",
    MULTIPLICATIVE,
    observeLaw((s, b) => 150 + (500 * b * s ** 2) / 1e6),
  );
  // 500 × 0.050176 = 25.088 MiB an image: 5.98 of them above 150 MiB.
  assert.equal(largestMiniBatch(fitted, 224, 300), 5);
});

/** 100 MiB an image; the 97.5 % quantile is half as much again, the 2.5 % quantile half of it. */
function memoryFunction(): FittedFunction {
  const fitted = fitFunction(
    "peak_memory_mib",
    MULTIPLICATIVE,
    observeLaw((s, b) => 1 + b * s ** 2),
  );
  return {
    ...fitted,
    leftOutError: undefined,
    leftOutTrials: 0,
    extrapolate: (_, batch) => 100 * batch,
    quantile: (_, batch, p) => 100 * batch * ({ 0.975: 1.5, 0.025: 0.5 }[p] ?? Number.NaN),
  };
}

test("what ran and what ran out contradict the interval beyond its ends only", () => {
  const check = (ok?: number, exceeding?: number) =>
    checkedLargestMiniBatch(memoryFunction(), 224, 1000, ok, exceeding);
  assert.deepEqual(check(19, 20), {
    inputSizePx: 224,
    byFunction: 10,
    low: 6,
    high: 20,
    largestOk: 19,
    smallestExceeding: 20,
    check: "agrees",
  });
  assert.equal(check(20, 32).check, "agrees");
  assert.equal(check(21, 32).check, "contradicted");
  assert.equal(check(4, 7).check, "agrees");
  assert.equal(check(4, 6).check, "contradicted");
  assert.equal(check(21).check, "contradicted");
  assert.equal(check(8).check, "unbounded");
  assert.equal(check().check, "unbounded");
});

test("trials tell what fits the memory that they had, and no other", () => {
  // At 300 MiB 224 px runs out from 8 images on, 128 px fits all eight.
  const fit = fitDevice(DEVICE, 300, simulatedTrials(300).reverse(), () => []);
  const seen = (memoryMib: number) =>
    largestMiniBatches(fit, memoryMib).map((row) => [row.inputSizePx, row.largestOk, row.smallestExceeding, row.check]);
  assert.deepEqual(seen(300), [
    [64, 8, undefined, "unbounded"],
    [128, 8, undefined, "unbounded"],
    [224, 4, 8, "agrees"],
  ]);
  assert.deepEqual(seen(301), [
    [64, undefined, undefined, "unbounded"],
    [128, undefined, undefined, "unbounded"],
    [224, undefined, undefined, "unbounded"],
  ]);
  // Nothing of 224 px ran within 160 MiB, and the size is listed all the same.
  const small = fitDevice(DEVICE, 160, simulatedTrials(160), () => []);
  assert.deepEqual(
    largestMiniBatches(small, 160).map((row) => [row.inputSizePx, row.byFunction, row.smallestExceeding]),
    [
      [64, 4, 8],
      [128, 1, 2],
      [224, 0, 1],
    ],
  );
});
