import assert from "node:assert/strict";
import { test } from "node:test";
import { formatRow, headersOf, integer, number, oneOf, optional, parseRow, text } from "../../src/dataset/table.js";

interface Row {
  readonly name: string;
  readonly count: number;
  readonly timeMs: number | undefined;
  readonly kind: "a" | "b" | undefined;
}

const table = {
  name: "rows",
  description: "Rows",
  primaryKey: ["name"] as const,
  belongsToTrial: false,
  columns: {
    name: text("name", "A name"),
    count: integer("count", "A count", { unit: "1" }),
    timeMs: optional(number("time_ms", "A time", { unit: "ms" })),
    kind: optional(oneOf("kind", ["a", "b"], "A kind")),
  },
};

function parsed(...cells: string[]): Row {
  return parseRow<Row>(table, cells);
}

test("a row becomes cells in the order of the columns, and cells become the same row", () => {
  const row: Row = { name: "n", count: 3, timeMs: 1.5, kind: "b" };
  assert.deepEqual(headersOf(table), ["name", "count", "time_ms", "kind"]);
  assert.deepEqual(formatRow<Row>(table, row), ["n", "3", "1.5", "b"]);
  assert.deepEqual(parsed("n", "3", "1.5", "b"), row);
});

test("an empty cell is a missing value and not 0, and a missing value an empty cell", () => {
  assert.deepEqual(parsed("n", "0", "", ""), { name: "n", count: 0, timeMs: undefined, kind: undefined });
  assert.deepEqual(formatRow<Row>(table, parsed("n", "0", "", "")), ["n", "0", "", ""]);
  assert.deepEqual(formatRow<Row>(table, parsed("n", "0", "0", "")), ["n", "0", "0", ""]);
});

test("a cell that does not fit is refused with its column and value", () => {
  const refused = (message: string, ...cells: string[]) =>
    assert.throws(() => parsed(...cells), { name: "UserError", message });
  refused("column name: empty, a text is required", "", "1", "", "");
  refused('column count: "" is not a number', "n", "", "", "");
  refused('column count: " " is not a number', "n", " ", "", "");
  refused('column count: "1.5" is not an integer', "n", "1.5", "", "");
  refused('column count: "9007199254740992" is not an integer', "n", "9007199254740992", "", "");
  refused('column time_ms: " " is not a number', "n", "1", " ", "");
  refused('column time_ms: "NaN" is not a number', "n", "1", "NaN", "");
  refused('column time_ms: "-Infinity" is not a number', "n", "1", "-Infinity", "");
  refused('column kind: "c" is not one of a, b', "n", "1", "", "c");
  refused("3 cells where rows has 4 columns", "n", "1", "");
  refused("5 cells where rows has 4 columns", "n", "1", "", "a", "");
});

test("numbers keep nine significant digits and whole ones all of theirs; a text stays on one line", () => {
  const cells = (timeMs: number, name = "n") => formatRow<Row>(table, { name, count: 1, timeMs, kind: "a" });
  assert.equal(cells(1234.567890123)[2], "1234.56789");
  assert.equal(cells(0.1 + 0.2)[2], "0.3");
  assert.equal(cells(123_456_789_012)[2], "123456789012");
  assert.equal(cells(-2.5)[2], "-2.5");
  assert.equal(cells(1, "one \r\n  two\nthree")[0], "one two three");
});

test("a column says its unit, type and what is allowed", () => {
  const { timeMs, kind, count, name } = table.columns;
  assert.deepEqual([timeMs.type, timeMs.unit, timeMs.optional, timeMs.header], ["number", "ms", true, "time_ms"]);
  assert.deepEqual([kind.type, kind.allowed, kind.optional], ["string", ["a", "b"], true]);
  assert.deepEqual([count.type, count.unit, count.optional], ["integer", "1", false]);
  assert.deepEqual([name.type, name.optional, name.description], ["string", false, "A name"]);
});
