import assert from "node:assert/strict";
import { test } from "node:test";
import { isWithin, tightest } from "../../../src/plan/solve/program-answer.js";

test("of bounds that all hold the tightest is the largest of a least, the smallest of a most, in any order", () => {
  const bounds = [undefined, 5n, 9n, undefined, 7n, undefined];
  for (const given of [bounds, [...bounds].reverse()]) {
    assert.equal(tightest({ direction: "min" }, given), 9n);
    assert.equal(tightest({ direction: "max" }, given), 5n);
  }
  assert.equal(tightest({ direction: "min" }, [undefined]), undefined);
});

test("an objective is within a gap of its bound on either side, exactly at the gap, and never without a bound", () => {
  assert.equal(isWithin(110n, 100n, 0.1), true, "10 of 110 are less than a tenth");
  assert.equal(isWithin(112n, 100n, 0.1), false);
  assert.equal(isWithin(100n, 110n, 0.1), true);
  assert.equal(isWithin(100n, 111n, 0.1), false);
  assert.equal(isWithin(100n, 100n, 0), true);
  assert.equal(isWithin(100n, undefined, 1), false);
});
