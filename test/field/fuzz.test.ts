import assert from "node:assert/strict";
import { test } from "node:test";
import { KIND_NAMES } from "../../bench/field/field-cases.js";
import { fuzz } from "../../bench/field/fuzz.js";
import { wrongWith } from "../../bench/field/outcome.js";

// The long one: npm run bench:field -- --count 2000.
test("commands end with 0, 1, 2 or 3 and a line on files with mistakes, and leave nothing behind", async () => {
  const { endings, faults, leftOver } = await fuzz({ seed: 1, count: 30, limitMs: 120_000 });
  assert.deepEqual(faults, []);
  assert.deepEqual(leftOver, []);
  const times = [...endings.values()].map((counts) => counts.reduce((sum, count) => sum + count, 0));
  assert.equal(
    times.reduce((sum, each) => sum + each, 0),
    30,
  );
  assert.ok(times.length === KIND_NAMES.length && times.every((each) => each > 0), "a case of each kind of file");
});

test("an ending is wrong that hangs, shows a trace, a library's words, control characters or more than one line", () => {
  const right = { status: 2, stdout: "", stderr: "batchwise: design a.json: no such file\n" };
  assert.equal(wrongWith(right), undefined);
  assert.equal(wrongWith({ status: 0, stdout: "table\n", stderr: "note: something\n" }), undefined);
  const wrong = [
    { ...right, ended: "no end" },
    { ...right, loose: "TypeError: x" },
    { ...right, status: 13 },
    { ...right, stderr: "batchwise: x\n    at read (file.js:3:4)\n" },
    { ...right, stderr: "batchwise: Conversion Error: CSV Error on Line: 3\n" },
    { ...right, stderr: "batchwise: a\u001b[2J\n" },
    { ...right, stderr: "batchwise: a\nbatchwise: b\n" },
    { ...right, stderr: "Error in cpuinfo\nbatchwise: a\n" },
    { ...right, stderr: `batchwise: ${"a".repeat(1000)}\n` },
    { ...right, stderr: "" },
    { ...right, status: 0 },
  ];
  for (const outcome of wrong) assert.notEqual(wrongWith(outcome), undefined, JSON.stringify(outcome));
});
