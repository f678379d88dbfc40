import assert from "node:assert/strict";
import { test } from "node:test";
import { oneLine, printable, printableLines } from "../../src/core/printable.js";

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

test("of a value that nobody reads to its end a message has the beginning and the end", () => {
  assert.equal(oneLine("line 3: short\n"), "line 3: short\\n");
  assert.equal(
    oneLine(`line 3: "${"a".repeat(9998)}z", allowed`),
    `line 3: "${"a".repeat(99)}…${"a".repeat(97)}z", allowed`,
  );
  assert.equal(oneLine("ab ".repeat(1000)).length, 801);
});
