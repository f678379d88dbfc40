import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { writeTinyModel } from "./tiny-model.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const folder = mkdtempSync(join(tmpdir(), "batchwise-design-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const model = join(folder, "fixed.onnx");
writeTinyModel(model, "float32", ["N", 3, 32, 32], [2, 3]);
const LONE = { provider: "cpu", threads: 1, concurrent: 1 };

function designFile(name: string, own: object): string {
  const path = join(folder, `${name}.json`);
  const design = { name, model, input_sizes_px: [32], mini_batch_sizes: [1, 4], trials: 3, devices: [LONE], ...own };
  writeFileSync(path, JSON.stringify(design));
  return path;
}

function design(...args: string[]) {
  return spawnSync(process.execPath, [CLI, "design", ...args], { encoding: "utf8" });
}

test("show lists the cells of each device, their number and an estimate of the time", () => {
  const devices = [LONE, { ...LONE, concurrent: 2 }];
  const file = designFile("shown", { input_sizes_px: [32, 64], devices });
  const [cells, summary, added, ...rest] = design("show", file).stdout.split(/\n\n|\n(?=and|about)/);
  assert.deepEqual(
    cells?.split("\n").map((line) => line.trim().split(/ {2,}/)),
    [
      ["device", "input size (px)", "mini-batch sizes"],
      ["cpu-1t", "32", "1, 4"],
      ["cpu-1t", "64", "1, 4"],
      ["cpu-1t-2c", "32", "1, 4"],
      ["cpu-1t-2c", "64", "1, 4"],
    ],
  );
  assert.equal(summary, `8 cells × 3 trials = 24 trials of ${model}`);
  // Between 1 and 4: 2, then 3 where it ran.
  assert.equal(added, "and at most 8 more where mini-batches run out of memory, to find the largest that runs");
  assert.match(rest.join(""), /^about [\d.]+ s on a machine with AVX2/);
});

test("show says how many trials cells may get beyond their own, and to know what", () => {
  const file = designFile("repeated", { mini_batch_sizes: [1, 2], max_trials: 10, process_half_width: 0.025 });
  assert.match(
    design("show", file).stdout,
    /^2 cells × 3 trials = 6 trials .*\nand at most 14 more of cells whose latency is not known to ±2\.5 %$/m,
  );
  assert.equal(JSON.parse(design("show", file, "--json").stdout).most_repeated_trials, 14);
  assert.equal(JSON.parse(design("show", designFile("once", {}), "--json").stdout).most_repeated_trials, 0);
});

test("show --json has every cell, and an estimate that grows with the trials", () => {
  const shown = [3, 6].map((trials) => JSON.parse(design("show", designFile("json", { trials }), "--json").stdout));
  const [three, six] = shown;
  assert.deepEqual(three.cells, [
    { input_size_px: 32, mini_batch_size: 1, ...LONE },
    { input_size_px: 32, mini_batch_size: 4, ...LONE },
  ]);
  assert.deepEqual([three.trials, six.trials, three.most_added_trials, three.model], [6, 12, 2, model]);
  assert.ok(three.estimate_ms > 0 && Math.abs(six.estimate_ms - 2 * three.estimate_ms) < 1e-6);
});

test("check says that a design can be measured here, or why it can't", () => {
  const sound = design("check", designFile("sound", {}));
  assert.equal(sound.status, 0, sound.stderr);
  const [says, hidden, advice] = sound.stdout.split("\n");
  assert.equal(says, "design sound can be measured here");
  // 1 and 4 lie on the line 1, 4 that padding gives; at 3 it pads to 4, and at 2 steps of four do the work of 4.
  assert.match(
    hidden ?? "",
    /^its mini-batch sizes can't tell from a straight line a device that pads to a power of two \(off by up to 25\.0 % between its sizes\)$/,
  );
  assert.match(advice ?? "", /"mini_batch_sizes": "staggered"$/);
  const staggered = designFile("staggered", {
    mini_batch_sizes: "staggered",
    input_sizes_px: [32, 64, 96],
    model: "efficientnet-b0",
  });
  assert.equal(design("check", staggered).stdout, "design staggered can be measured here\n");
  const json = design("check", designFile("sound", {}), "--json");
  const { hidden_steps, ...checked } = JSON.parse(json.stdout);
  assert.deepEqual(checked, { valid: true, name: "sound" });
  assert.deepEqual(hidden_steps[0], { name: "pads to a power of two", largest_error: 0.25 });
  for (const [own, message] of [
    [{ input_sizes_px: [48] }, /^batchwise: .*48.*fixed to 32/],
    [{ devices: [{ provider: "coreml", threads: 1 }] }, /^batchwise: execution provider coreml: not in this install/],
    [{ model: join(folder, "gone.onnx") }, /^batchwise: model .*gone\.onnx: no such file/],
  ] as const) {
    const { status, stdout, stderr } = design("check", designFile("unsound", own));
    assert.deepEqual([status, stdout], [2, ""]);
    assert.match(stderr, message);
  }
});

test("a model in a design is looked for beside the design, wherever the command is called", () => {
  const file = designFile("beside", { model: "fixed.onnx", mini_batch_sizes: [1] });
  const { status, stdout, stderr } = design("check", file);
  assert.deepEqual([status, stdout.split("\n")[0]], [0, "design beside can be measured here"], stderr);
  const missing = design("check", designFile("missing", { model: "none.onnx", mini_batch_sizes: [1] }));
  assert.equal(missing.status, 2);
  assert.ok(missing.stderr.startsWith(`batchwise: model ${join(folder, "none.onnx")}: no such file`), missing.stderr);
});
