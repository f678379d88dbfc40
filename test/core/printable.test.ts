import assert from "node:assert/strict";
import { test } from "node:test";
import { printable, printableLines } from "../../src/core/printable.js";

test("what could move the cursor or turn the writing round is shown by its escape", () => {
  assert.equal(printable("a\u001b[2J\nb\u0000\u009b\u202ec\u2066"), "a\\u001b[2J\\nb\\u0000\\u009b\\u202ec\\u2066");
  assert.equal(printable('grün Ω — 8 × "x"'), 'grün Ω — 8 × "x"');
});

test("a text of several lines keeps them, and JSON its value", () => {
  assert.equal(printableLines("a\u001b\n\tb"), "a\\u001b\n\\tb");
  const value = { name: '\u009b2J\u202e\u007f\n"' };
  const text = printableLines(JSON.stringify(value, null, 2));
  assert.doesNotMatch(text, /[\u007f-\u009f\u202e]/u);
  assert.deepEqual(JSON.parse(text), value);
});
