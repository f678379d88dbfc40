import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
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
  const args = [CLI, "reproduce", "--design", design, "--out", out];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^measured 18 trials in .*: 18 ok$/m);
  assert.equal([...stdout.matchAll(/; proven optimal \(closed form\)$/gm)].length, 2, stdout);
  for (const file of [
    "fit.json",
    "plan-soft.json",
    "plan-relaxed.json",
    "claims.json",
    "figures/inference-time.pdf",
    "figures/captions.md",
    "figures/tables/plan-soft.tex",
    "report.html",
  ]) {
    assert.ok(existsSync(join(out, file)), file);
  }

  const written = (name: string) => JSON.parse(readFileSync(join(out, name), "utf8"));
  // What its two plans are asked: 10,000 images within 10 s on up to 32 devices, and one device for the same time.
  const [soft, relaxed] = [written("plan-soft.json").objective, written("plan-relaxed.json").objective];
  assert.ok(soft.images === 10_000 && soft.finish_ms <= 10_000 && soft.devices <= 32);
  assert.ok(relaxed.devices === 1 && relaxed.finish_ms <= 10_000);
  const line = `${relaxed.devices} device, ${relaxed.images} images, finished after `;
  assert.ok(stdout.includes(`relaxed: most images of 32 px on one device in 10 s\n${line}`), stdout);
  assert.equal(written("fit.json").devices.length, 1);
  assert.equal(written("claims.json").claims.length, 6);
  const [device] = written("fit.json").devices;
  const told = [...stdout.matchAll(/^caution: (latency|warm-up|memory): .*$/gm)].map(([line]) => line);
  assert.deepEqual(
    told,
    device.cautions.map(({ message }: { message: string }) => `caution: ${message}`),
  );
});

test("in a subfolder of the project the dataset is in the project's data/ all the same", () => {
  const [model, design] = [join(folder, "sub.onnx"), join(folder, "sub.json")];
  const name = "reproduce-from-a-subfolder";
  writeTinyModel(model, "float32", ["n", 3, "h", "w"], [2, 3]);
  const cell = { input_sizes_px: [32], mini_batch_sizes: [1], trials: 1, pulse: false, idle_ms: 0 };
  writeFileSync(design, JSON.stringify({ name, model, ...cell, stopping: { max_inferences: 10 } }));
  const args = [CLI, "reproduce", "--design", design];
  try {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      encoding: "utf8",
      cwd: join(PACKAGE_ROOT, "test", "fixtures"),
    });
    assert.equal(status, 0, stderr);
    assert.ok(stdout.startsWith(`measured 1 trial in ${join("..", "..", "data", name)}: 1 ok\n`), stdout);
  } finally {
    rmSync(join(PACKAGE_ROOT, "data", name), { recursive: true, force: true });
  }
});

test("reproduce --json ends with one object, and without --out the dataset is in data/ under the design's name", () => {
  const [model, design] = [join(folder, "one.onnx"), join(folder, "one.json")];
  writeTinyModel(model, "float32", ["n", 3, "h", "w"], [2, 3]);
  const cell = { input_sizes_px: [32], mini_batch_sizes: [1], trials: 1 };
  writeFileSync(design, JSON.stringify({ name: "one", model, ...cell, stopping: { max_inferences: 12 }, idle_ms: 20 }));
  const args = [CLI, "reproduce", "--design", design, "--json"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", cwd: folder });
  assert.equal(status, 0, stderr);
  const { sweep, claims, figures, report } = JSON.parse(stdout);
  const out = join("data", "one");
  const { noise, trial_cautions: cautions, ...summary } = sweep;
  assert.equal(cautions.trials, 1);
  assert.deepEqual(summary, { folder: out, complete: true, trials: 1, byStatus: { ok: 1 } });
  assert.deepEqual([noise.trials, noise.cells], [1, 0], "how far its data go is told, too");
  assert.deepEqual(claims, JSON.parse(readFileSync(join(folder, out, "claims.json"), "utf8")).claims);
  assert.ok(figures.length > 0);
  assert.equal(report, join(out, "report.html"));
  for (const file of figures) assert.ok(existsSync(join(folder, file)), file);
});
