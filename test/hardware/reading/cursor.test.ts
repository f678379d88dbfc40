import assert from "node:assert/strict";
import { test } from "node:test";
import {
  accept,
  type Cursor,
  nextLine,
  nextNumber,
  skipBlanks,
  skipWord,
} from "../../../src/hardware/reading/cursor.js";

/** Text in the middle of a longer buffer, as files are read into one that is kept: what follows must not be seen. */
function over(text: string, after = "99 more\n"): Cursor {
  return { bytes: Buffer.from(text + after), at: 0, end: Buffer.byteLength(text) };
}

test("numbers are read one after the other, up to what is none", () => {
  const cursor = over("  12\t-7 3.25 0 -0.5 18446744073709551615 x 5");
  const found = Array.from({ length: 7 }, () => nextNumber(cursor));
  assert.deepEqual(found.slice(0, 6), [12, -7, 3.25, 0, -0.5, 2 ** 64]);
  assert.ok(Number.isNaN(found[6]), "x is no number");
  assert.ok(Number.isNaN(nextNumber(cursor)), "and stays in the way");
  skipWord(cursor);
  assert.equal(nextNumber(cursor), 5);
});

test("a number ends with the contents, though the buffer goes on", () => {
  assert.equal(nextNumber(over("12", "34")), 12);
  assert.equal(nextNumber(over("1.2", "34")), 1.2);
  assert.equal(nextNumber(over("1", ".5")), 1);
  assert.ok(Number.isNaN(nextNumber(over("-", "5"))));
  assert.ok(Number.isNaN(nextNumber(over("", "5"))));
  assert.ok(Number.isNaN(nextNumber(over("  ", "5"))));
  assert.equal(nextNumber(over("12:", "")), 12);
  assert.equal(nextNumber(over("9/8")), 9);
});

test("blanks, words and lines are passed, and no end of a line with a word", () => {
  const cursor = over("one \t two\nthree\n\nfour");
  skipWord(cursor);
  assert.equal(cursor.at, 3);
  skipBlanks(cursor);
  assert.equal(cursor.at, 6);
  skipWord(cursor);
  skipWord(cursor);
  assert.equal(cursor.at, 9, "a word does not begin on the next line");
  assert.ok(nextLine(cursor));
  assert.equal(cursor.at, 10);
  assert.ok(nextLine(cursor));
  assert.ok(nextLine(cursor));
  assert.ok(accept(cursor, Buffer.from("four")));
  assert.equal(cursor.at, cursor.end);
  assert.equal(nextLine(cursor), false);
  assert.equal(nextLine(over("last\n")), false, "behind the last line there is none");
  assert.equal(nextLine(over("first\nsecond")), true);
  const empty = over("\nsecond");
  assert.ok(nextLine(empty));
  assert.equal(empty.at, 1, "an empty line is one");
});

test("expected bytes are accepted whole and in place, or not at all", () => {
  const cursor = over("cpu0 5");
  assert.equal(accept(cursor, Buffer.from("cpx")), false);
  assert.equal(cursor.at, 0);
  assert.ok(accept(cursor, Buffer.from("cpu")));
  assert.equal(cursor.at, 3);
  assert.equal(accept(over("cp", "u"), Buffer.from("cpu")), false);
  assert.ok(accept(over("cpu", ""), Buffer.from("cpu")));
});
