import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { readPart } from "../../../src/dataset/part-file.js";
import { executionsTable } from "../../../src/dataset/tables.js";
import { assertKept, finishedRows } from "../../dataset/kept-rows.js";
import { writeTinyModel } from "./tiny-model.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const folder = mkdtempSync(join(tmpdir(), "batchwise-execute-options-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const [model, design, dataset] = [join(folder, "tiny.onnx"), join(folder, "design.json"), join(folder, "dataset")];
writeTinyModel(model, "float32", ["N", 3, "H", "W"], [2, 3]);
const cells = { input_sizes_px: [32], mini_batch_sizes: [1], trials: 1, devices: [{ threads: 1 }] };
writeFileSync(design, JSON.stringify({ name: "one", model, ...cells, stopping: { max_inferences: 12 }, idle_ms: 5 }));

function batchwise(args: readonly string[], env = process.env) {
  return spawnSync(process.execPath, [CLI, ...args], { encoding: "utf8", env });
}

test("a new dataset is measured with --no-resume, and --resume goes on with it", () => {
  const args = ["sweep", "--design", design, "--out", dataset];
  const first = batchwise([...args, "--no-resume"]);
  const [measured] = first.stdout.split("\n");
  assert.deepEqual([first.status, measured], [0, `measured 1 trial in ${dataset}: 1 ok`], first.stderr);
  const kept = finishedRows(dataset);
  const second = batchwise([...args, "--resume"]);
  assert.equal(second.status, 0, second.stderr);
  assertKept(kept, dataset);
});

test("execute runs a plan with the provider and threads that it names, and with other neighbours if that is allowed", () => {
  const asked = ["--budget", "100ms", "--size", "32", "--devices", "1", "--max-uses", "2", "--json"];
  const plan = JSON.parse(batchwise(["plan", "relaxed", dataset, ...asked]).stdout);
  for (const source of plan.question.sources) source.concurrent = 2;
  const [file, out] = [join(folder, "plan.json"), join(folder, "executed")];
  writeFileSync(file, JSON.stringify(plan));
  const args = ["execute", file, "--out", out, "--provider", "cpu", "--threads", "1"];
  const refused = batchwise(args);
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /was measured with 2 side by side .*, not 1; .*--any-neighbours\n$/);
  // Where no taskset is found the device runs anywhere, and its row says so.
  const { status, stdout, stderr } = batchwise([...args, "--any-neighbours"], { ...process.env, PATH: folder });
  assert.equal(status, 0, stderr);
  const [row] = readPart(out, executionsTable);
  assert.deepEqual([row?.concurrent, row?.threads, row?.imagesDone], [2, 1, 3]);
  assert.equal(row?.detail, "not pinned: taskset is missing");
  assert.match(stdout, /^ +1 +cpu-1t +1 +3 +3 +[\d.]+ \S+ +[\d.]+ \S+ +(met|missed)/m);
  assert.match(stdout, new RegExp(`^device 1: not pinned: taskset is missing\n\nrecorded in ${out}$`, "m"));
  assert.deepEqual(readdirSync(out).sort(), ["datapackage.json", "executions"]);
});
