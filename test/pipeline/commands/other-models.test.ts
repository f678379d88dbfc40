import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import sharp from "sharp";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { readPart } from "../../../src/dataset/part-file.js";
import { imagesTable, trialsTable } from "../../../src/dataset/tables.js";
import { prepareMiniBatch } from "../../../src/measure/images.js";
import { openSession } from "../../../src/measure/session.js";
import { assertKept, finishedRows } from "../../dataset/kept-rows.js";
import { tensorInput, writeSmallModel } from "../../measure/small-model.js";
import { writeTinyModel } from "./tiny-model.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const folder = mkdtempSync(join(tmpdir(), "batchwise-models-"));
const BASE = {
  input_sizes_px: [24],
  mini_batch_sizes: [2],
  trials: 1,
  devices: [{ provider: "cpu", threads: 1, concurrent: 1 }],
  stopping: { max_inferences: 12 },
  idle_ms: 10,
};

function writeDesign(name: string, design: object): string {
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify({ name, ...BASE, ...design }));
  return path;
}

function sweep(name: string, design: object, ...flags: string[]) {
  const out = join(folder, `dataset-${name}`);
  const args = [CLI, "sweep", "--design", writeDesign(name, design), "--out", out, ...flags];
  return { out, ...spawnSync(process.execPath, args, { encoding: "utf8" }) };
}

const dynamic = join(folder, "dynamic.onnx");
writeTinyModel(dynamic, "uint8", ["N", "H", "W", 3], [1, 2]);
const half = join(folder, "half.onnx");
writeTinyModel(half, "float16", ["N", 3, "H", "W"], [2, 3]);
const fixed = join(folder, "fixed.onnx");
writeTinyModel(fixed, "float32", [2, 3, 24, 24], [2, 3]);

for (const [name, model] of Object.entries({ dynamic, half, fixed })) {
  test(`a ${name} model from a file is measured`, () => {
    const { out, status, stderr } = sweep(name, { model });
    assert.equal(status, 0, stderr);
    assert.deepEqual(
      readPart(out, trialsTable).map(({ status: ended }) => ended),
      ["ok"],
    );
  });
}

const MEAN = { opType: "ReduceMean", input: ["images"], output: "mean", attributes: { axes: [2, 3], keepdims: 0 } };

/** What a dataset says of the sizes of its images. */
function sizesIn(out: string) {
  const { design, model } = JSON.parse(readFileSync(join(out, "datapackage.json"), "utf8")).provenance;
  const trials = readPart(out, trialsTable).map(({ inputSizePx, status, detail }) => ({ inputSizePx, status, detail }));
  return { trials, sizes: design.input_sizes_px, shape: design.input_shape, work: model.sizes };
}

test("a model whose file fixes other sides than a square's is measured at them, where the design has no sizes", () => {
  const model = join(folder, "sides.onnx");
  writeSmallModel(model, { shape: ["N", 3, 12, 16], nodes: [MEAN] });
  const { out, status, stderr } = sweep("sides", { model, input_sizes_px: undefined, mini_batch_sizes: [1, 2] });
  assert.equal(status, 0, stderr);
  const trial = { inputSizePx: 14, status: "ok", detail: undefined }; // √(12 · 16) = 13.9
  assert.deepEqual(sizesIn(out), {
    trials: [trial, trial],
    sizes: [14],
    shape: "12x16",
    work: [{ input_size_px: 14, multiply_adds: 0, activation_bytes: 12 }],
  });
  const again = spawnSync(process.execPath, [
    CLI,
    "design",
    "show",
    writeDesign("shown", { model, input_sizes_px: undefined }),
  ]);
  assert.match(String(again.stdout), /^cpu-1t +14 \(12x16\) +2$/m);
});

test("what a model's file does not tell of its input is said by options, or in the design", () => {
  const model = join(folder, "silent.onnx");
  const nodes = [MEAN, { opType: "Mul", input: ["mean", "scale"], output: "y" }];
  writeSmallModel(model, { nodes, furtherInputs: [tensorInput("scale", "FLOAT", [])] });
  const input = ["--size", "20x30", "--layout", "nchw", "--channels", "5", "--input", "scale=-0.5"];
  const { out, status, stderr } = sweep("silent", {}, "--model", model, ...input);
  assert.equal(status, 0, stderr);
  const { trials, shape } = sizesIn(out);
  assert.deepEqual(trials, [{ inputSizePx: 24, status: "ok", detail: undefined }]);
  assert.equal(shape, "20x30");
  const said = {
    layout: "nchw",
    channels: 5,
    inputs: { scale: -0.5 },
    input_shape: "20x30",
    input_sizes_px: undefined,
  };
  const resumed = spawnSync(
    process.execPath,
    [CLI, "sweep", "--design", writeDesign("silent-design", { model, ...said, name: "silent" }), "--out", out],
    { encoding: "utf8" },
  );
  assert.equal(resumed.status, 2);
  assert.match(resumed.stderr, /its design has inputs \{"scale":\[-0\.5\]\}, not \{"scale":-0\.5\}/);
  const refused = sweep("unsaid", { model });
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /has 2 inputs without a value \(images, scale\)/);
  const wrong = sweep("wrong", { model }, "--input", "scale=much");
  assert.match(wrong.stderr, /--input scale=much: allowed are a name and numbers, as in ratio=0\.5 or sides=640,480/);
  const noShape = sweep("wrong", { model }, "--size", "20");
  assert.match(noShape.stderr, /--size 20: allowed are height x width, as in 240x320/);
});

test("a dataset keeps the name of its model where the file gets another one", () => {
  const [first, second] = [join(folder, "first.onnx"), join(folder, "second.onnx")];
  writeSmallModel(first, { shape: ["N", 3, "H", "W"], nodes: [MEAN], name: "main_graph" });
  const { out, stderr } = sweep("renamed", { model: first });
  renameSync(first, second);
  const again = sweep("renamed", { model: second }, "--again", "1");
  assert.equal(again.status, 0, stderr + again.stderr);
  assert.deepEqual(
    readPart(out, trialsTable).map(({ model }) => model),
    ["first", "first"],
  );
  const { name, graph_name } = JSON.parse(readFileSync(join(out, "datapackage.json"), "utf8")).provenance.model;
  assert.deepEqual([name, graph_name], ["first", "main_graph"]);
});

test("weights beside the model are found wherever the sweep is started", () => {
  const model = join(folder, "beside.onnx");
  const nodes = [{ opType: "Conv", input: ["images", "w"], output: "c" }];
  writeSmallModel(model, {
    shape: ["N", 3, "H", "W"],
    nodes,
    weights: { w: [64, 3, 5, 5] },
    weightFiles: { w: "w.data" },
  });
  const { out, status, stderr } = sweep("beside", { model });
  assert.equal(status, 0, stderr);
  assert.equal(sizesIn(out).trials[0]?.status, "ok");
});

test("a design that a fixed model can't run is refused with the axis", () => {
  const { status, stderr } = sweep("misfit", { model: fixed, mini_batch_sizes: [2, 4] });
  assert.equal(status, 2);
  assert.match(stderr, /mini-batch size 4: the model's is fixed to 2/);
});

test("the tensor holds the normalised pixels in the model's layout and type", async () => {
  const image = join(folder, "colour.png");
  const background = { r: 255, g: 102, b: 0 };
  await sharp({ create: { width: 40, height: 30, channels: 3, background } })
    .png()
    .toFile(image);
  // Oracle: torchvision's normalisation by hand, (value / 255 − mean) / deviation.
  const expected = [(1 - 0.485) / 0.229, (0.4 - 0.456) / 0.224, (0 - 0.406) / 0.225];
  for (const [path, values, tolerance] of [
    [dynamic, [255, 102, 0], 1e-3],
    [half, expected, 2e-3],
    [fixed, expected, 1e-5],
  ] as const) {
    const session = await openSession(path, { provider: "cpu", threads: 1 });
    const { tensor } = await prepareMiniBatch([image], session.input, 24, 2);
    const { logits } = await session.run(tensor);
    await session.close();
    const got = Array.from(logits?.data ?? [], Number);
    for (const [index, value] of [...values, ...values].entries()) {
      assert.ok(Math.abs((got[index] ?? Number.NaN) - value) <= tolerance, `${path}: ${got} is not ${values}`);
    }
  }
});

test("the user's own images take the place of dummy images, and a folder without any is refused", async () => {
  const images = join(folder, "photos");
  mkdirSync(images, { recursive: true });
  const empty = sweep("no-images", { model: dynamic, images });
  assert.equal(empty.status, 2);
  assert.match(empty.stderr, /holds no image/);
  const background = { r: 1, g: 2, b: 3 };
  await sharp({ create: { width: 90, height: 60, channels: 3, background } })
    .jpeg()
    .toFile(join(images, "a.jpg"));
  const { out, status, stderr } = sweep("own-images", { model: dynamic, images });
  assert.equal(status, 0, stderr);
  const [row] = readPart(out, imagesTable);
  assert.equal(row?.source, "folder");
  assert.ok((row?.resizeMs ?? 0) > 0);
});

test("images that can't be used are named before anything is measured, by design check as well", async () => {
  const images = join(folder, "torn");
  mkdirSync(images);
  const whole = await sharp({ create: { width: 40, height: 40, channels: 3, background: "#123456" } })
    .jpeg()
    .toBuffer();
  writeFileSync(join(images, "a.jpg"), whole);
  writeFileSync(join(images, "b.jpg"), whole.subarray(0, whole.length - 50));
  writeFileSync(join(images, "._a.jpg"), "what macOS leaves");
  const reason = /^batchwise: images folder \S+: 1 of 2 images can't be used: b\.jpg \([^\n]+\)\n$/;
  const { out, status, stderr } = sweep("torn-images", { model: dynamic, images });
  assert.deepEqual([status, existsSync(out)], [2, false]);
  assert.match(stderr, reason);
  const check = [CLI, "design", "check", writeDesign("torn-images", { model: dynamic, images })];
  const checked = spawnSync(process.execPath, check, { encoding: "utf8" });
  assert.equal(checked.status, 2);
  assert.match(checked.stderr, reason);
});

test("a trial that outlives its timeout is a row, and the sweep goes on", () => {
  const { out, status, stderr } = sweep("slow", { timeout_ms: 1, mini_batch_sizes: [1, 2], model: dynamic });
  assert.equal(status, 0, stderr);
  assert.deepEqual(
    readPart(out, trialsTable).map(({ status: ended, detail }) => `${ended}: ${detail}`),
    ["timeout: longer than 1 ms", "timeout: longer than 1 ms"],
  );
});

test("Ctrl-C ends a sweep cleanly, and the same command goes on", async () => {
  const out = join(folder, "interrupted");
  const design = writeDesign("interrupt", { model: dynamic, trials: 6 });
  const args = [CLI, "sweep", "--design", design, "--out", out];
  const running = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  running.stderr.setEncoding("utf8").on("data", (text: string) => {
    const before = stderr;
    stderr += text;
    if (!/^2\//m.test(before) && /^2\//m.test(stderr)) running.kill("SIGINT");
  });
  const [exitCode] = await once(running, "exit");
  assert.equal(exitCode, 130, stderr);
  assert.match(stderr, /what is measured stays/);
  assert.equal(JSON.parse(readFileSync(join(out, "datapackage.json"), "utf8")).status, "interrupted");
  const before = finishedRows(out);
  assert.ok(before.trialIds.length >= 2 && before.trialIds.length < 6, String(before.trialIds.length));
  const resumed = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.equal(resumed.status, 0, resumed.stderr);
  assertKept(before, out);
  const trials = readPart(out, trialsTable);
  assert.deepEqual(trials.map(({ trial }) => trial).sort(), [1, 2, 3, 4, 5, 6]);
  assert.ok(trials.every(({ status }) => status === "ok"));
});
