import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readRows } from "../../src/dataset/read-rows.js";
import { inferencesTable } from "../../src/dataset/tables.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-rows-"));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, "inferences", "part-0.csv");
const HEADER = "trial_id,iteration,started_ms,latency_ms\n";
mkdirSync(join(folder, "inferences"));

test("every row of a file of several pieces is read, whatever byte a piece ends at", () => {
  const bytes = 1 << 20;
  for (const shift of [0, 1, 2, 3]) {
    // Of four bytes each, one of which stands across the end of the first piece.
    const name = "😀".repeat(20);
    const line = `${name},7,1,2\n`;
    const first = `${"a".repeat(40 + shift)},7,1,2\n`;
    writeFileSync(path, `${HEADER}${first}${line.repeat(2 + Math.ceil(bytes / Buffer.byteLength(line)))}`);
    const names = [...readRows(folder, inferencesTable)].map(({ trialId }) => trialId);
    assert.equal(names.length, 3 + Math.ceil(bytes / Buffer.byteLength(line)));
    assert.deepEqual([...new Set(names)], ["a".repeat(40 + shift), name]);
  }
});

test("a wrong cell far behind is named by its line, and a quote that is not closed by its own", () => {
  const rows = "a,0,1,2\n".repeat(200_000);
  writeFileSync(path, `${HEADER}${rows}a,0,1,fast\n`);
  const readAll = () => [...readRows(folder, inferencesTable)];
  assert.throws(readAll, { message: `${path} line 200002: column latency_ms: "fast" is not a number` });
  writeFileSync(path, `${HEADER}${rows}"a,0,1,2\n${rows}`);
  assert.throws(readAll, { name: "UserError", message: /part-0\.csv line 200002: Quote Not Closed/ });
});

test("what only some readers take for a number is none", () => {
  for (const cell of ["0x1F", "0b1", "1_000", "Infinity", "nan", "5\r", "1e", ""]) {
    writeFileSync(path, `${HEADER}a,0,1,${cell}\n`);
    assert.throws(
      () => [...readRows(folder, inferencesTable)],
      { message: `${path} line 2: column latency_ms: ${JSON.stringify(cell)} is not a number` },
      cell,
    );
  }
  for (const [cell, value] of Object.entries({ "+5": 5, ".5": 0.5, "5.": 5, "1E+3": 1000, " 7 ": 7, "-0.25": -0.25 })) {
    writeFileSync(path, `${HEADER}a,0,1,${cell}\n`);
    assert.equal([...readRows(folder, inferencesTable)][0]?.latencyMs, value);
  }
});

test("rows that have become Parquet are not taken for no rows", () => {
  writeFileSync(path, HEADER);
  renameSync(path, join(folder, "inferences", "part-0.parquet"));
  assert.throws(() => [...readRows(folder, inferencesTable)], {
    name: "UserError",
    message: /part-0\.parquet: is Parquet, allowed here is CSV \(dataset convert --format csv\)$/,
  });
});
