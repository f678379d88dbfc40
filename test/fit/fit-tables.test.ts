import assert from "node:assert/strict";
import { test } from "node:test";
import { coefficientTable, largestMiniBatchTable } from "../../src/fit/fit-tables.js";
import type { LargestMiniBatch } from "../../src/fit/largest-mini-batch.js";
import type { QuantityFit } from "../../src/fit/quantity-fit.js";

test("a function's coefficients stand with their intervals, in four digits", () => {
  const chosen = {
    coefficients: { constant: 12.345_67, mbs: 0.001_234_56 },
    coefficientIntervals: () => ({
      constant: { low: 11, high: 13.5 },
      mbs: { low: -0.000_5, high: 0.002 },
    }),
  };
  const { columns, values } = coefficientTable({ chosen } as unknown as QuantityFit);
  assert.deepEqual(columns, ["coefficient", "value", "95 % interval"]);
  assert.deepEqual(values, [
    ["constant", "12.35", "11.00 to 13.50"],
    ["mbs", "0.001235", "-0.0005000 to 0.002000"],
  ]);
});

test("the largest mini-batch of each input size stands beside what the dataset has seen of it", () => {
  const seen: LargestMiniBatch = {
    inputSizePx: 224,
    byFunction: 61,
    low: 58,
    high: 64,
    largestOk: 60,
    smallestExceeding: 64,
    check: "agrees",
  };
  const { largestOk: _, smallestExceeding: __, ...unseen } = seen;
  assert.deepEqual(largestMiniBatchTable([seen, unseen as LargestMiniBatch]).values, [
    [224, 61, "58 to 64", 60, 64, "agrees"],
    [224, 61, "58 to 64", "", "", "agrees"],
  ]);
});
