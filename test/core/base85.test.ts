import assert from "node:assert/strict";
import { test } from "node:test";
import { base85, bytesOfBase85 } from "../../src/core/base85.js";

/** The letters of Python's base64.b85encode, in their order. */
const PYTHONS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

/** A text as Python writes it; the first letters of each alphabet stand for 0. */
function asPython(text: string): string {
  const letters = Array.from({ length: 85 }, (_, value) => base85(Uint8Array.of(0, 0, 0, value)).at(-1) ?? "");
  assert.equal(new Set(letters).size, 85);
  return [...text].map((letter) => PYTHONS[letters.indexOf(letter)]).join("");
}

// Oracle: Python 3.11, base64.b85encode.
for (const [hex, text] of [
  ["", ""],
  ["44", "L;"],
  ["2082", "Ac6"],
  ["3cfde6", "JpJY"],
  ["f1c26b30", "@xp5`"],
  ["f90ec7dd01", "`3}e30R"],
  ["e4887534a20f0b", "<cM`Nq7Mr"],
  ["ffffffffffff", "|NsC0|Nj"],
] as const) {
  test(`base 85 of ${hex || "nothing"} is Python's but for its letters, and leads back`, () => {
    const bytes = Buffer.from(hex, "hex");
    assert.equal(asPython(base85(bytes)), text);
    assert.equal(Buffer.from(bytesOfBase85(base85(bytes))).toString("hex"), hex);
  });
}

test("neither HTML nor JSON writes any of its letters in another way", () => {
  const all = base85(Uint8Array.from({ length: 4096 }, (_, index) => (index * 2654435761) >>> 24));
  assert.doesNotMatch(all, /[&<>"'`\\$\s]/);
});
