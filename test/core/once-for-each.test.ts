import assert from "node:assert/strict";
import { test } from "node:test";
import { onceForEach } from "../../src/core/once-for-each.js";

test("a value is computed once for each key, one that is undefined too", () => {
  const asked: (number | undefined)[] = [];
  const half = onceForEach((key: number | undefined) => {
    asked.push(key);
    return key === undefined ? undefined : key / 2;
  });
  assert.deepEqual([half(4), half(6), half(4), half(undefined), half(undefined)], [2, 3, 2, undefined, undefined]);
  assert.deepEqual(asked, [4, 6, undefined]);
});
