import assert from "node:assert/strict";
import { test } from "node:test";
import { inverseOf } from "../../src/core/inverse-of.js";

test("a growing function is inverted, and one that never reaches a value has an end", () => {
  assert.ok(Math.abs(inverseOf((at) => at ** 3, 27) - 3) < 1e-12);
  assert.equal(
    inverseOf((at) => Math.min(at, 0.5), 1),
    Number.POSITIVE_INFINITY,
  );
});
