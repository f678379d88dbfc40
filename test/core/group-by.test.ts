import assert from "node:assert/strict";
import { test } from "node:test";
import { groupBy } from "../../src/core/group-by.js";

test("items are grouped by key, keys and items in the order in which they come", () => {
  const groups = groupBy(["pear", "apple", "plum", "avocado"], (name) => name[0]);
  assert.deepEqual(
    [...groups],
    [
      ["p", ["pear", "plum"]],
      ["a", ["apple", "avocado"]],
    ],
  );
});
