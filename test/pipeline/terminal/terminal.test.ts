import assert from "node:assert/strict";
import { test } from "node:test";
import { table, tableOf } from "../../../pipeline/terminal/terminal.js";

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

test("a text from a file can't move the cursor", () => {
  const escaped = ["a\\nb", "\\t", "\\u001b[2J", "\\u009b1A"];
  const [, ...lines] = table(["name"], [["a\nb"], ["\t"], ["\u001b[2J"], ["\u009b1A"]]).split("\n");
  assert.deepEqual(
    lines.map((line) => line.trimEnd()),
    escaped,
  );
});
