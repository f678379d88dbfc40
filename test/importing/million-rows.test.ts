import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const folder = mkdtempSync(join(tmpdir(), "batchwise-million-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const ROWS = 1_000_000;
const SIZES = [1, 2, 4, 8];
/** Of JavaScript's objects. A million rows held in them would take several times as much. */
const HEAP_MIB = 96;

/** Rows of all mini-batches by turns, the k-th of each taking b + k µs, so that every statistic is known. */
function writeRows(path: string): void {
  const file = openSync(path, "w");
  writeSync(file, "batch,latency (us)\n");
  for (let row = 0; row < ROWS; ) {
    const lines: string[] = [];
    for (const end = Math.min(ROWS, row + 10_000); row < end; row++) {
      const size = SIZES[row % SIZES.length] ?? 1;
      lines.push(`${size},${1000 * size + Math.floor(row / SIZES.length)}\n`);
    }
    writeSync(file, lines.join(""));
  }
  closeSync(file);
}

test("a million rows are imported in memory that they would not fit into, in their order", () => {
  const [csv, out] = [join(folder, "rows.csv"), join(folder, "dataset")];
  writeRows(csv);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [`--max-old-space-size=${HEAP_MIB}`, CLI, "import", "table", csv, "--out", out, "--size", "224", "--json"],
    { encoding: "utf8" },
  );
  assert.equal(status, 0, stderr.slice(-500));
  const { trials, inferences } = JSON.parse(stdout);
  assert.deepEqual([trials, inferences], [SIZES.length, ROWS]);
  const each = ROWS / SIZES.length;
  const rowsOf = (table: string) =>
    readFileSync(join(out, table, "part-0.csv"), "utf8")
      .trim()
      .split("\n")
      .slice(1);
  assert.deepEqual(
    rowsOf("summaries").map((line) => Number(line.split(",")[1])),
    SIZES.map((size) => size + (each - 1) / 2 / 1000),
  );
  const lines = rowsOf("inferences");
  assert.equal(lines.length, ROWS);
  for (const place of [0, 1, each - 1, each, ROWS - 1]) {
    const [, iteration, , latencyMs] = (lines[place] ?? "").split(",").map(Number);
    const [size, nth] = [SIZES[Math.floor(place / each)] ?? 0, place % each];
    assert.deepEqual([iteration, latencyMs], [nth + 1, size + nth / 1000], lines[place]);
  }
});
