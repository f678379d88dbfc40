import assert from "node:assert/strict";
import { test } from "node:test";
import { settledTimes } from "../../src/decide/settled-times.js";

test("a slow second inference counts to the beginning, not to what a settled one takes", () => {
  assert.deepEqual(settledTimes([500, 200, 100, 100, 100]), { latencyMs: 100, firstMs: 600 });
  assert.deepEqual(settledTimes([500, 100, 100, 100, 100]), { latencyMs: 100, firstMs: 500 });
});

test("the beginning takes no less than a settled inference, and without a steady one nothing is known", () => {
  assert.deepEqual(settledTimes([80, 90, 110]), { latencyMs: 110, firstMs: 110 });
  assert.equal(settledTimes([80]), undefined);
  assert.equal(settledTimes([]), undefined);
});
