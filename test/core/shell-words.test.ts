import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import { shellWords } from "../../src/core/shell-words.js";

const HOSTILE = [
  ..."' \" \\ $ ` ! # & ; | < > ( ) { } [ ] * ? ~ = %".split(" "),
  ...["", " ", "\n", "\r", "\t", "\u0001", "\u007f", "\u0085", "\u2028", "\u2029", "7", "n", "x41", "ü", "😀", "-n"],
  ...["$(touch injected)", "`touch injected`", "'; touch injected; '", "\\'", "A=b", "!!"],
];
const word = fc.array(fc.constantFrom(...HOSTILE)).map((parts) => parts.join(""));

test("bash reads the words that were given, from one line, whatever is in them", () => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 50 }), (words) => {
      const line = shellWords(words);
      assert.doesNotMatch(line, /[\p{Cc}\u2028\u2029]/u);
      const { stdout } = spawnSync("bash", ["-c", `printf '%s\\0' ${line}`], { encoding: "utf8" });
      assert.deepEqual(stdout.split("\0").slice(0, -1), words);
    }),
    { seed: 1, numRuns: 20 },
  );
});

test("words that need no quotes have none", () => {
  assert.equal(shellWords(["fit", "my data", "a/b-c_d.json"]), "fit 'my data' a/b-c_d.json");
});
