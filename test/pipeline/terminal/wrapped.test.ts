import assert from "node:assert/strict";
import { test } from "node:test";
import { wrapped } from "../../../pipeline/terminal/wrapped.js";

test("a text is broken at blanks into lines that fit, a long word stays whole, and no line is narrower than 20", () => {
  assert.deepEqual(wrapped("one two three four five six", 20), ["one two three four", "five six"]);
  assert.deepEqual(wrapped("a process/with/a/path/that/is/long b", 20), ["a", "process/with/a/path/that/is/long", "b"]);
  assert.deepEqual(wrapped("twelve letters, and more", 3), ["twelve letters, and", "more"]);
  assert.deepEqual(wrapped("as long as it is", Number.POSITIVE_INFINITY), ["as long as it is"]);
});
