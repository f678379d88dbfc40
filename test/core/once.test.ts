import assert from "node:assert/strict";
import { test } from "node:test";
import { once } from "../../src/core/once.js";

test("a value is computed on the first call and never again, even where it is undefined", () => {
  let calls = 0;
  const value = once(() => {
    calls++;
    return undefined;
  });
  assert.equal(calls, 0);
  assert.deepEqual([value(), value(), calls], [undefined, undefined, 1]);
  const number = once(() => ++calls);
  assert.deepEqual([number(), number()], [2, 2]);
});
