import assert from "node:assert/strict";
import { test } from "node:test";
import { cpusInList } from "../../src/core/cpu-list.js";

test("a kernel's list of CPUs is each of them", () => {
  assert.deepEqual(cpusInList("0-2,8,10-11"), [0, 1, 2, 8, 10, 11]);
  assert.deepEqual(cpusInList("5\n"), [5]);
  assert.deepEqual(cpusInList(""), []);
});
