import assert from "node:assert/strict";
import { test } from "node:test";
import { printResult, table, tableOf } from "../../../pipeline/terminal/terminal.js";

test("columns of numbers are right-aligned, others left-aligned, without frames", () => {
  const rows = [
    ["a", 5, "1 %", "x"],
    ["bcd", -12.5, "", ""],
  ];
  assert.equal(
    table(["n", "value", "share", "word"], rows),
    ["n    value  share  word", "a        5    1 %  x   ", "bcd  -12.5             "].join("\n"),
  );
  assert.equal(tableOf({ columns: ["n"], values: [["a"]] }), "n\na");
});

test("a word that nobody reads to its end is told by its beginning and its end", (t) => {
  const name = `${"a".repeat(5000)}z`;
  const short = `${"a".repeat(100)}…${"a".repeat(99)}z`;
  assert.equal(table(["name", "n"], [[name, 1]], Number.POSITIVE_INFINITY).split("\n")[1], `${short}  1`);
  const write = t.mock.method(process.stdout, "write", () => true);
  printResult(
    false,
    () => ({}),
    () => [`${name} refused`, "other"],
  );
  const [call] = write.mock.calls;
  write.mock.restore();
  assert.equal(call?.arguments[0], `${short} refused\nother\n`);
});

test("a text from a file can't move the cursor", () => {
  const escaped = ["a\\nb", "\\t", "\\u001b[2J", "\\u009b1A"];
  const [, ...lines] = table(["name"], [["a\nb"], ["\t"], ["\u001b[2J"], ["\u009b1A"]]).split("\n");
  assert.deepEqual(
    lines.map((line) => line.trimEnd()),
    escaped,
  );
});
