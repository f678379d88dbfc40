import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { readPart } from "../../../src/dataset/part-file.js";
import { trialsTable } from "../../../src/dataset/tables.js";
import { assertKept, finishedRows } from "../../dataset/kept-rows.js";
import { writeTinyModel } from "./tiny-model.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const folder = mkdtempSync(join(tmpdir(), "batchwise-full-"));
const small = mkdtempSync(join(tmpdir(), "batchwise-small-"));
const resize = (option: string, ...more: string[]) =>
  spawnSync("mount", ["-t", "tmpfs", "-o", option, ...more, "tmpfs", small]).status === 0;
const mounted = resize("size=400k");
after(() => {
  if (mounted) spawnSync("umount", [small]);
  for (const path of [folder, small]) rmSync(path, { recursive: true, force: true });
});

test("a full disk ends a sweep with one line, and with more room the same command loses and repeats nothing", {
  skip: mounted ? false : "a small file system can't be mounted here",
}, () => {
  const model = join(folder, "tiny.onnx");
  writeTinyModel(model, "uint8", ["N", "H", "W", 3], [1, 2]);
  const design = join(folder, "design.json");
  writeFileSync(
    design,
    JSON.stringify({
      name: "full",
      model,
      input_sizes_px: [24],
      mini_batch_sizes: [1, 2, 4, 8],
      trials: 3,
      devices: [{ threads: 1 }],
      stopping: { min_inferences: 900, max_inferences: 900, relative_half_width: 1e-9 },
      idle_ms: 10,
      pulse: false,
    }),
  );
  const dataset = join(small, "dataset");
  const sweep = () =>
    spawnSync(process.execPath, [CLI, "sweep", "--design", design, "--out", dataset], { encoding: "utf8" });
  const full = sweep();
  assert.equal(full.status, 1, full.stderr);
  assert.match(
    full.stderr.trim().split("\n").at(-1) ?? "",
    /^batchwise: part file .*: no space left on device; what was measured before stays/,
  );
  const before = finishedRows(dataset);
  const finished = before.trialIds.length;
  assert.ok(finished > 0 && finished < 12, String(finished));

  assert.ok(resize("remount,size=20m"));
  const resumed = sweep();
  assert.equal(resumed.status, 0, resumed.stderr);
  assertKept(before, dataset);
  const trials = readPart(dataset, trialsTable);
  assert.equal(new Set(trials.map(({ trialId }) => trialId)).size, 12);
  assert.ok(trials.every(({ status, inferences }) => status === "ok" && inferences === 901));
  assert.equal(spawnSync(process.execPath, [CLI, "dataset", "check", dataset]).status, 0);
});
