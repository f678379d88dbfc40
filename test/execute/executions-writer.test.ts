import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { checkDataset } from "../../src/dataset/check-dataset.js";
import { readDataPackage } from "../../src/dataset/data-package.js";
import { lockFolder } from "../../src/dataset/folder-lock.js";
import { readPart } from "../../src/dataset/part-file.js";
import { type ExecutionRow, executionsTable } from "../../src/dataset/tables.js";
import { openExecutions } from "../../src/execute/executions-writer.js";
import { executionRow } from "./execution-row.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-append-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const MEASURED = join(PACKAGE_ROOT, "test", "fixtures", "three-cells");

async function append(out: string, planDataset: string, rows: readonly ExecutionRow[]): Promise<void> {
  const executions = openExecutions(out, planDataset);
  await executions.append(rows);
  executions.close();
}

function tables(dataset: string): string[] {
  return readDataPackage(dataset).resources.map(({ name }) => name);
}

test("a folder without a dataset gets one of executions alone, with the provenance of the plan's", async () => {
  const out = join(folder, "new", "executed");
  const first = executionRow("a", 1, { measuredFinishMs: 900, deadline: "met" });
  await append(out, MEASURED, [first]);
  assert.deepEqual(readPart(out, executionsTable), [first]);
  assert.deepEqual(tables(out), ["executions"]);
  assert.deepEqual(readDataPackage(out).provenance, readDataPackage(MEASURED).provenance);
  assert.deepEqual(await checkDataset(out), []);

  const bytes = readFileSync(join(out, "executions", "part-0.csv"), "utf8");
  const second = executionRow("b", 1, { detail: "it failed", deadline: "missed" });
  await append(out, join(folder, "no dataset"), [second]);
  const longer = readFileSync(join(out, "executions", "part-0.csv"), "utf8");
  assert.ok(longer.startsWith(bytes) && longer.length > bytes.length, "what was there stays");
  assert.deepEqual(readPart(out, executionsTable), [first, second]);
  assert.deepEqual(await checkDataset(out), []);
  assert.equal(existsSync(join(out, "sweep.lock")), false);
});

test("a measured dataset keeps its tables and its status, and gets one of executions", async () => {
  const out = join(folder, "measured");
  cpSync(MEASURED, out, { recursive: true });
  const [before, trials] = [tables(out), readFileSync(join(out, "trials", "part-0.csv"), "utf8")];
  await append(out, out, [executionRow("a", 1, {})]);
  assert.deepEqual(tables(out), [...before, "executions"]);
  assert.equal(readFileSync(join(out, "trials", "part-0.csv"), "utf8"), trials);
  assert.equal(readDataPackage(out).status, "finished");
  assert.deepEqual(await checkDataset(out), []);
});

test("in a dataset whose sweep was interrupted the executions are planned like its other tables", async () => {
  const out = join(folder, "interrupted");
  cpSync(MEASURED, out, { recursive: true });
  const path = join(out, "datapackage.json");
  writeFileSync(path, readFileSync(path, "utf8").replace('"status": "finished"', '"status": "running"'));
  assert.equal(readDataPackage(out).status, "running");
  await append(out, out, [executionRow("a", 1, {})]);
  const { status, resources } = JSON.parse(readFileSync(path, "utf8"));
  assert.equal(status ?? readDataPackage(out).status, "running");
  const { name, hash, path: paths } = resources.at(-1);
  assert.deepEqual([name, hash], ["executions", undefined], "no hash before the sweep is finished");
  assert.deepEqual([paths].flat(), ["executions/part-0.csv"]);
  assert.equal(readPart(out, executionsTable).length, 1);
});

test("executions are added without reading what the other tables hold", async () => {
  const out = join(folder, "unread");
  cpSync(MEASURED, out, { recursive: true });
  const before = JSON.parse(readFileSync(join(out, "datapackage.json"), "utf8")).resources;
  for (const table of ["inferences", "hardware"]) writeFileSync(join(out, table, "part-0.csv"), "nothing of a table\n");
  await append(out, out, [executionRow("a", 1, {})]);
  const after = JSON.parse(readFileSync(join(out, "datapackage.json"), "utf8")).resources;
  assert.equal(JSON.stringify(after.slice(0, -1)), JSON.stringify(before));
  assert.deepEqual([after.at(-1).name, after.at(-1).rows], ["executions", 1]);
});

test("a dataset that is being measured, or without provenance, is refused before anything is executed", async () => {
  const out = join(folder, "busy");
  cpSync(MEASURED, out, { recursive: true });
  const lock = lockFolder(out);
  assert.throws(() => openExecutions(out, out), /is being measured by process/);
  assert.equal(existsSync(join(out, "executions")), false);
  assert.equal(existsSync(join(out, "sweep.lock")), true, "whose lock it is keeps it");
  lock.release();
  assert.throws(() => openExecutions(join(folder, "none"), join(folder, "nowhere")), /nowhere/);
  assert.equal(existsSync(join(folder, "none")), false);
});

test("nobody else writes meanwhile, and a folder that was made for nothing is gone", async () => {
  const out = join(folder, "made", "for", "nothing");
  const executions = openExecutions(out, MEASURED);
  assert.throws(() => lockFolder(out), /is being measured by process/);
  executions.close();
  assert.equal(existsSync(join(folder, "made")), false);
  const kept = join(folder, "kept");
  mkdirSync(kept);
  openExecutions(join(kept, "deeper"), MEASURED).close();
  assert.deepEqual(readdirSync(kept), []);
  const filled = openExecutions(join(folder, "filled"), MEASURED);
  writeFileSync(join(folder, "filled", "note"), "mine");
  filled.close();
  assert.deepEqual(readdirSync(join(folder, "filled")), ["note"]);
});
