import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { table } from "../../../pipeline/terminal/terminal.js";

test("where a table is too wide, texts take several lines and numbers stay whole", () => {
  const rows = [
    ["Inference time is linear in the mini-batch size", 5, "9 h 46 min"],
    ["The first inference", 1234.5, "1 s"],
  ];
  assert.equal(
    table(["finding", "value", "time"], rows, 40),
    [
      "finding               value        time",
      "Inference time is         5  9 h 46 min",
      "linear in the                          ",
      "mini-batch size                        ",
      "The first inference  1234.5         1 s",
    ].join("\n"),
  );
});

test("columns that have no room stand below, the first one with them again", () => {
  const head = ["size (px)", "left-out error (%)", "noise floor (%)", "function"];
  assert.equal(
    table(head, [[64, 16.7, 7.2, "process/main_thread_switches"]], 30),
    [
      "size   left-out      noise",
      "(px)  error (%)  floor (%)",
      "  64       16.7        7.2",
      "",
      "size (px)  function       ",
      "       64  process/main_  ",
      "           thread_switches",
    ].join("\n"),
  );
});

test("whatever is in a table, no line of it is wider than the terminal, and nothing is lost", () => {
  const cell = fc.oneof(fc.integer(), fc.stringMatching(/^[a-z/_ -]{0,40}$/));
  const tables = fc
    .integer({ min: 1, max: 8 })
    .chain((columns) =>
      fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 2, maxLength: 6 }),
    );
  fc.assert(
    fc.property(tables, fc.integer({ min: 24, max: 100 }), ([head = [], ...rows], width) => {
      const drawn = table(head.map(String), rows, width);
      for (const line of drawn.split("\n")) assert.ok(line.length <= width, `${line.length} of ${width}: ${line}`);
      const letters = (text: string) => text.replaceAll(/\s/g, "").length;
      assert.ok(letters(drawn) >= letters([...head, ...rows.flat()].join("")));
    }),
    { seed: 1, numRuns: 200 },
  );
});
