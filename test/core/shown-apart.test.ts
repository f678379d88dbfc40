import assert from "node:assert/strict";
import { test } from "node:test";
import { shownApart } from "../../src/core/shown-apart.js";

test("different numbers look different, in six digits where these are enough", () => {
  assert.deepEqual(shownApart(1 / 3, 2 / 3), [0.333333, 0.666667]);
  assert.deepEqual(shownApart(5e-5, 4.999_999_999_9e-5), [5e-5, 4.999_999_999_9e-5]);
  assert.deepEqual(shownApart(1_234_567_891, 1_234_567_892), [1_234_567_891, 1_234_567_892]);
  const next = 0.1 + 2 ** -56;
  assert.deepEqual(shownApart(0.1, next), [0.1, next]);
});
