import assert from "node:assert/strict";
import { test } from "node:test";
import { spreadsheetText } from "../../src/core/spreadsheet-text.js";

test("no text is a formula, and none breaks its line", () => {
  for (const text of ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "-"]) assert.equal(spreadsheetText(text), `'${text}`);
  assert.equal(spreadsheetText("\t=1"), "\\t=1");
  assert.equal(spreadsheetText("a\r\n=1"), "a\\r\\n=1");
  for (const text of ["", "cpu-2t", "a = b", "'=1", "− 5", "µs"]) assert.equal(spreadsheetText(text), text);
});
