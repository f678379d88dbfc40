import assert from "node:assert/strict";
import { test } from "node:test";
import { declaredCandidates } from "../../src/decide/candidates.js";
import { staggered } from "../../src/design/staggered.js";

test("powers of two and staggered sizes are all candidates", () => {
  assert.deepEqual(declaredCandidates([1, 2, 4, 8, 16, 32, 64]), [1, 2, 4, 8, 16, 32, 64]);
  for (const sizes of Object.values(staggered([64, 128, 224, 320], 32))) {
    assert.deepEqual(declaredCandidates(sizes), sizes);
  }
});

test("of sizes that lie closer together the smallest, the largest and some between are", () => {
  assert.deepEqual(declaredCandidates([1, 2, 3, 4, 5, 6, 7, 8]), [1, 2, 3, 5, 8]);
  assert.deepEqual(declaredCandidates([7, 8]), [8]);
  assert.deepEqual(declaredCandidates([3]), [3]);
  assert.deepEqual(declaredCandidates([]), []);
});
