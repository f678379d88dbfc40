import assert from "node:assert/strict";
import { test } from "node:test";
import { coefficientTable, largestMiniBatchTable } from "../../src/fit/fit-tables.js";
import type { FittedFunction } from "../../src/fit/fitted-function.js";
import type { LargestMiniBatch } from "../../src/fit/largest-mini-batch.js";

test("a function's coefficients stand with their intervals, in four digits", () => {
  const chosen = {
    coefficients: { constant: 12.345_67, mbs: 0.001_234_56 },
    coefficientIntervals: () => ({
      constant: { low: 11, high: 13.5 },
      mbs: { low: -0.000_5, high: 0.002 },
    }),
  };
  const { columns, values } = coefficientTable(chosen as unknown as FittedFunction);
  assert.deepEqual(columns, ["coefficient", "value", "95 % interval"]);
  assert.deepEqual(values, [
    ["constant", "12.35", "11.00 to 13.50"],
    ["mbs", "0.001235", "-0.0005000 to 0.002000"],
  ]);
});

test("the largest mini-batch of each input size stands beside what it rests on and what was seen", () => {
  const seen: LargestMiniBatch = {
    inputSizePx: 224,
    miniBatchSize: 61,
    restsOn: "law",
    largestOk: 60,
    smallestExceeding: 64,
  };
  const open = { ...seen, miniBatchSize: 60, restsOn: "at least", smallestExceeding: undefined } as const;
  const none = { ...open, miniBatchSize: 0, restsOn: "measured", largestOk: undefined, smallestExceeding: 1 } as const;
  assert.deepEqual(largestMiniBatchTable([seen, open, none]).values, [
    [224, 61, "the memory law between the two", 60, 64],
    [224, "at least 60", "nothing larger is known not to fit", 60, ""],
    [224, 0, "measured", "", 1],
  ]);
});
