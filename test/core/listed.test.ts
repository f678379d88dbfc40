import assert from "node:assert/strict";
import { test } from "node:test";
import { listed } from "../../src/core/listed.js";

test("things are listed as in a sentence", () => {
  assert.deepEqual(
    [[4], [4, 7], [4, 5, 6]].map((sizes) => listed(sizes)),
    ["4", "4 and 7", "4, 5 and 6"],
  );
});
