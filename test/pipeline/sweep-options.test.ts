import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { readDataPackage } from "../../src/dataset/data-package.js";
import { readPart } from "../../src/dataset/part-file.js";
import { executionsTable, trialsTable } from "../../src/dataset/tables.js";
import { writeTinyModel } from "./tiny-model.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const folder = mkdtempSync(join(tmpdir(), "batchwise-sweep-options-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const [model, design, dataset] = [join(folder, "tiny.onnx"), join(folder, "design.json"), join(folder, "dataset")];
writeTinyModel(model, "float32", ["N", 3, "H", "W"], [2, 3]);
writeFileSync(
  design,
  JSON.stringify({
    name: "asked",
    model: "efficientnet-b0",
    input_sizes_px: [224],
    mini_batch_sizes: [64],
    trials: 5,
    devices: [{ provider: "cpu", threads: 2 }],
    stopping: { max_inferences: 12 },
    memory_limit_mib: 1,
    seed: 1,
    idle_ms: 10,
  }),
);

function batchwise(...args: string[]) {
  return spawnSync(process.execPath, [CLI, ...args], { encoding: "utf8" });
}

test("each option of sweep takes the place of what the design says, and the dataset says what was measured", () => {
  const cells = ["--sizes", "24,32", "--batches", "1", "--trials", "1", "--model", model, "--seed", "7"];
  const device = ["--provider", "cpu", "--threads", "1", "--concurrent", "1", "--memory-limit-mib", "4000"];
  const args = ["sweep", "--design", design, "--out", dataset, "--no-resume", ...cells, ...device];
  const { status, stdout, stderr } = batchwise(...args);
  assert.equal(status, 0, stderr);
  assert.equal(stdout, `measured 2 trials in ${dataset}: 2 ok\n`);
  assert.match(stderr, /^1\/2 (24|32) px × 1, trial 1: ok, ETA .*\n2\/2 (24|32) px × 1, trial 1: ok, ETA 0/);
  const measured = readDataPackage(dataset).provenance.design;
  assert.deepEqual(
    [measured.model, measured.input_sizes_px, measured.mini_batch_sizes, measured.trials, measured.memory_limit_mib],
    [model, [24, 32], [1], 1, 4000],
  );
  assert.deepEqual([measured.devices, measured.seed], [[{ provider: "cpu", threads: 1, concurrent: 1 }], 7]);
  const trials = readPart(dataset, trialsTable).map(({ inputSizePx, threads, status: ended }) => [
    inputSizePx,
    threads,
    ended,
  ]);
  assert.deepEqual(trials.sort(), [
    [24, 1, "ok"],
    [32, 1, "ok"],
  ]);

  const bytes = () => readFileSync(join(dataset, "trials", "part-0.csv"));
  const before = bytes();
  const refused = batchwise(...args);
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /^batchwise: dataset .*--no-resume|^batchwise: .* holds a dataset/);
  const resumed = batchwise(...args.filter((arg) => arg !== "--no-resume"), "--resume", "--json");
  assert.equal(resumed.status, 0, resumed.stderr);
  assert.deepEqual(JSON.parse(resumed.stdout).byStatus, { ok: 2 });
  assert.deepEqual(bytes(), before, "nothing is measured twice");
});

test("a plan of measured devices is executed with the provider and threads that it names, and other neighbours if allowed", () => {
  const asked = ["--budget", "100ms", "--size", "32", "--devices", "1", "--max-uses", "2", "--json"];
  const plan = JSON.parse(batchwise("plan", "relaxed", dataset, ...asked).stdout);
  for (const source of plan.question.sources) source.concurrent = 2;
  const [file, out] = [join(folder, "plan.json"), join(folder, "executed")];
  writeFileSync(file, JSON.stringify(plan));
  const args = ["execute", file, "--out", out, "--provider", "cpu", "--threads", "1"];
  const refused = batchwise(...args);
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /was measured with 2 side by side .*, not 1; .*--any-neighbours\n$/);
  const { status, stdout, stderr } = batchwise(...args, "--any-neighbours");
  assert.equal(status, 0, stderr);
  const [row] = readPart(out, executionsTable);
  assert.deepEqual([row?.concurrent, row?.threads, row?.imagesDone], [2, 1, 3]);
  assert.match(stdout, /^ +1 +cpu-1t +1 +3 +3 +[\d.]+ +[\d.]+ +(met|missed)/m);
  assert.match(stdout, new RegExp(`^recorded in ${out}$`, "m"));
  assert.deepEqual(readdirSync(out).sort(), ["datapackage.json", "executions"]);
});

test("reproduce --json ends with one object: the sweep, the claims and the figures", () => {
  const small = join(folder, "small.json");
  const asked = { name: "small", model, input_sizes_px: [24, 32, 48], mini_batch_sizes: [1, 2, 4], trials: 1 };
  writeFileSync(small, JSON.stringify({ ...asked, stopping: { max_inferences: 12 }, idle_ms: 10 }));
  const out = join(folder, "reproduced");
  const { status, stdout, stderr } = batchwise("reproduce", "--design", small, "--out", out, "--json");
  assert.equal(status, 0, stderr);
  const { sweep, claims, figures } = JSON.parse(stdout);
  assert.deepEqual([sweep.trials, sweep.complete, claims.length], [9, true, 6]);
  for (const file of figures) assert.ok(readFileSync(file).length > 0, file);
  // What it promises of the plans: 10,000 images within 10 s on up to 32 devices, and one device in the same time.
  const [soft, relaxed] = ["soft", "relaxed"].map((name) =>
    JSON.parse(readFileSync(join(out, `plan-${name}.json`), "utf8")),
  );
  assert.ok(soft.objective.images === 10_000 && soft.objective.finish_ms <= 10_000 && soft.objective.devices <= 32);
  assert.ok(relaxed.objective.devices === 1 && relaxed.objective.finish_ms <= 10_000);
  const fit = JSON.parse(readFileSync(join(out, "fit.json"), "utf8"));
  assert.equal(fit.devices.length, 1);
  assert.equal(JSON.parse(readFileSync(join(out, "claims.json"), "utf8")).claims.length, 6);
});
