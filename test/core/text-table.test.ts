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
  assert.equal(percent(undefined), "");
});
