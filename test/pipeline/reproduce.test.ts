import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { writeTinyModel } from "./tiny-model.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const folder = mkdtempSync(join(tmpdir(), "batchwise-reproduce-"));
after(() => rmSync(folder, { recursive: true, force: true }));

test("reproduce measures, fits, plans, judges and draws, and its summary says that both plans are optimal", () => {
  const [model, design, out] = ["tiny.onnx", "tiny.json", "out"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeTinyModel(model, "float32", ["n", 3, "h", "w"], [2, 3]);
  const cells = { input_sizes_px: [32, 48, 64], mini_batch_sizes: [1, 2, 4], trials: 2 };
  writeFileSync(
    design,
    JSON.stringify({ name: "tiny", model, ...cells, stopping: { max_inferences: 12 }, idle_ms: 20 }),
  );
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, "reproduce", "--design", design, "--out", out], {
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^measured 18 trials in .*: 18 ok$/m);
  assert.equal([...stdout.matchAll(/; proven optimal \(closed form\)$/gm)].length, 2, stdout);
  for (const file of ["fit.json", "plan-soft.json", "plan-relaxed.json", "claims.json", "figures/inference-time.pdf"]) {
    assert.ok(existsSync(join(out, file)), file);
  }
});
