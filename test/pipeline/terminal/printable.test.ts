import assert from "node:assert/strict";
import { test } from "node:test";
import { printable } from "../../../pipeline/terminal/printable.js";

test("what could move the cursor or turn the writing round is shown by its escape", () => {
  assert.equal(printable("a\u001b[2J\nb\u0000\u009b\u202ec\u2066"), "a\\u001b[2J\\nb\\u0000\\u009b\\u202ec\\u2066");
  assert.equal(printable('grün Ω — 8 × "x"'), 'grün Ω — 8 × "x"');
});
