import assert from "node:assert/strict";
import { test } from "node:test";
import { htmlTable, percent } from "../../src/core/text-table.js";

test("a table as HTML escapes what it shows and leaves missing cells empty", () => {
  assert.equal(
    htmlTable({ columns: ["a & b"], values: [["<i>"], [undefined], [1]] }),
    "<table><thead><tr><th>a &amp; b</th></tr></thead><tbody><tr><td>&lt;i&gt;</td></tr><tr><td></td></tr><tr><td>1</td></tr></tbody></table>",
  );
});

test("a ratio in percent has one digit, a missing one none", () => {
  assert.equal(percent(0.0456), "4.6");
  assert.equal(percent(1), "100.0");
  assert.equal(percent(undefined), "");
});

test("a value that is no row is a row of one cell, and quotes are escaped", () => {
  assert.equal(
    htmlTable({ columns: ["a"], values: ['"x" & y'] }),
    "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>&quot;x&quot; &amp; y</td></tr></tbody></table>",
  );
});
