import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { deviceName, readDesign } from "../../src/design/design.js";
import { writeSmallModel } from "../measure/small-model.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-design-"));
after(() => rmSync(folder, { recursive: true }));

const LEAST = { name: "least", input_sizes_px: [32], mini_batch_sizes: [1], devices: [{ threads: 2 }] };

function read(design: object) {
  const path = join(folder, "design.json");
  writeFileSync(path, JSON.stringify(design));
  return readDesign(path);
}

test("a design records every value that is in force", () => {
  assert.deepEqual(read(LEAST), {
    name: "least",
    model: "efficientnet-b0",
    input_sizes_px: [32],
    mini_batch_sizes: [1],
    trials: 3,
    process_half_width: 0.05,
    devices: [{ provider: "cpu", threads: 2, concurrent: 1 }],
    stopping: { min_inferences: 10, max_inferences: 1000, max_steady_ms: 5000, relative_half_width: 0.01 },
    timeout_ms: 120_000,
    idle_ms: 200,
    hardware_interval_ms: 100,
    pulse: true,
    seed: 1,
  });
  const { devices } = read({ ...LEAST, devices: undefined });
  assert.equal(devices.length, 1);
  assert.ok((devices[0]?.threads ?? 0) >= 1, "as many threads as there are cores");
});

const WRONG: [more: object, message: RegExp][] = [
  [{ name: "Least" }, /name: allowed are a-z, 0-9 and -/],
  [{ name: 1 }, /name: a text is required/],
  [{ input_sizes_px: [] }, /input_sizes_px: allowed is at least one/],
  [{ input_sizes_px: [32, 32] }, /input_sizes_px: has a value twice/],
  [{ input_sizes_px: [4097] }, /input_sizes_px\.0: allowed is at most 4096/],
  [{ input_sizes_px: undefined }, /input_sizes_px: a list is required, because the model's file fixes no size/],
  [{ input_shape: "240" }, /input_shape: allowed are height x width, as in 240x320/],
  [{ input_shape: "24x32" }, /input_sizes_px: images of 24x32 have the size 28, allowed is that or none/],
  [{ layout: "chwn" }, /layout: allowed are nchw, nhwc, chw, hwc/],
  [{ channels: 0 }, /channels: allowed are whole numbers from 1/],
  [{ inputs: { scale: [] } }, /inputs\.scale: allowed is at least one/],
  [{ inputs: { scale: "1" } }, /inputs\.scale: .*expected number/],
  [{ mini_batch_sizes: [0] }, /mini_batch_sizes\.0: allowed are whole numbers from 1/],
  [{ mini_batch_sizes: [1.5] }, /mini_batch_sizes\.0: allowed are whole numbers/],
  [{ mini_batch_sizes: [65_537] }, /mini_batch_sizes\.0: allowed is at most 65536/],
  [{ mini_batch_sizes: 4 }, /mini_batch_sizes: .*expected array/],
  [{ mini_batch_sizes: "random" }, /mini_batch_sizes: .*expected array/],
  [{ mini_batch_sizes: { 64: [1] } }, /mini_batch_sizes: none for 32 px/],
  [{ mini_batch_sizes: { 32: [1], 64: [2] } }, /mini_batch_sizes: 64 is none of input_sizes_px/],
  [{ mini_batch_sizes: { 32: [1, 1] } }, /mini_batch_sizes\.32: has a value twice/],
  [{ mini_batch_sizes: { 32: [1], "032": [1] } }, /mini_batch_sizes: 032 is none of input_sizes_px/],
  [{ mini_batch_sizes: { staggered_to: 0 } }, /mini_batch_sizes\.staggered_to: allowed are whole numbers from 1/],
  [{ mini_batch_sizes: { staggered_to: 4, 32: [1] } }, /mini_batch_sizes: Unrecognized key/],
  [{ trials: 1001 }, /trials: allowed is at most 1000/],
  [{ max_trials: 2 }, /max_trials: 2: allowed is at least the 3 of trials/],
  [{ max_trials: 1001 }, /max_trials: allowed is at most 1000/],
  [{ process_half_width: 0 }, /process_half_width: /],
  [{ devices: [] }, /devices: allowed is at least one/],
  [{ devices: [{ threads: 1025 }] }, /devices\.0\.threads: allowed is at most 1024/],
  [{ devices: [{ concurrent: 1025 }] }, /devices\.0\.concurrent: allowed is at most 1024/],
  [{ devices: [{ provider: "abacus" }] }, /provider: allowed are cpu, cuda, tensorrt, webgpu, coreml, dml/],
  [{ stopping: { min_inferences: 9 } }, /min_inferences: allowed is at least 10/],
  [{ stopping: { max_inferences: 9 } }, /max_inferences: allowed is at least 10/],
  [{ stopping: { relative_half_width: 1.1 } }, /relative_half_width: /],
  [{ hardware_interval_ms: 4 }, /hardware_interval_ms: allowed is at least 5/],
  [{ memory_limit_mib: 0 }, /memory_limit_mib: /],
  [{ idle_ms: -1 }, /idle_ms: /],
  [{ seed: -1 }, /seed: /],
  [{ seed: 2 ** 31 }, /seed: /],
  [{ sizes: [1] }, /Unrecognized key: "sizes"/],
];

test("what a design may not say is refused with what is allowed", () => {
  for (const [more, message] of WRONG) {
    assert.throws(() => read({ ...LEAST, ...more }), { name: "UserError", message }, JSON.stringify(more));
  }
});

test("the largest values that are allowed are read", () => {
  const most = {
    input_sizes_px: [1, 4096],
    mini_batch_sizes: [1, 65_536],
    trials: 1000,
    devices: [{ threads: 1024, concurrent: 1024 }],
    stopping: { min_inferences: 10, max_inferences: 10, relative_half_width: 1 },
    hardware_interval_ms: 5,
    idle_ms: 0,
    seed: 2 ** 31 - 1,
  };
  const design = read({ ...LEAST, ...most });
  assert.deepEqual([design.trials, design.seed, design.idle_ms], [1000, 2_147_483_647, 0]);
});

test("a device configuration's name says what runs beside it only where something does", () => {
  assert.equal(deviceName({ provider: "cpu", threads: 4, concurrent: 1 }), "cpu-4t");
  assert.equal(deviceName({ provider: "cuda", threads: 1, concurrent: 3 }), "cuda-1t-3c");
});

test("without sizes a design has those of its images or of its model's file, and says so of what is not square", () => {
  const sizesOf = (own: object) => {
    const { input_sizes_px, input_shape, mini_batch_sizes } = read({ ...LEAST, input_sizes_px: undefined, ...own });
    return { input_sizes_px, input_shape, mini_batch_sizes };
  };
  const of = (size: number, input_shape?: string) => ({ input_sizes_px: [size], input_shape, mini_batch_sizes: [1] });
  assert.deepEqual(sizesOf({ input_shape: "240x320" }), of(277, "240x320"));
  assert.deepEqual(sizesOf({ input_shape: "240x320", input_sizes_px: [277] }), of(277, "240x320"), "as it is recorded");
  assert.deepEqual(sizesOf({ input_shape: "64x64" }), of(64));
  const nodes = [{ opType: "Relu", input: ["images"], output: "y" }];
  for (const [model, shape] of [
    ["square.onnx", [1, 3, 32, 32]],
    ["sides.onnx", [1, 240, 320, 3]],
    ["free.onnx", [1, 3, "H", 32]],
  ] as const) {
    writeSmallModel(join(folder, model), { shape, nodes });
  }
  assert.deepEqual(sizesOf({ model: "square.onnx" }), of(32));
  assert.deepEqual(sizesOf({ model: "sides.onnx" }), of(277, "240x320"));
  assert.throws(() => sizesOf({ model: "free.onnx" }), {
    message: /a list is required, because the model's file fixes no/,
  });
  assert.throws(() => sizesOf({ model: "none.onnx" }), { message: /^model .*none\.onnx: no such file or directory$/ });
});

test("values that replace those of a design file are read with it, and sizes where it has none", () => {
  const path = join(folder, "changed.json");
  writeFileSync(path, JSON.stringify({ ...LEAST, mini_batch_sizes: "staggered" }));
  const replaced = { input_shape: "24x32", input_sizes_px: undefined };
  assert.deepEqual(readDesign(path, { replaced, sizesPx: [64] }).input_sizes_px, [28]);
  assert.deepEqual(Object.keys(readDesign(path, { replaced }).mini_batch_sizes), ["28"]);
  assert.deepEqual(readDesign(path, { sizesPx: [64] }).input_sizes_px, [32]);
  writeFileSync(path, JSON.stringify({ ...LEAST, input_sizes_px: undefined }));
  assert.deepEqual(readDesign(path, { sizesPx: [64] }).input_sizes_px, [64]);
});

test("paths in a design are from its folder, and a built-in model is no path", () => {
  mkdirSync(join(folder, "sub"), { recursive: true });
  const read = (own: object) => {
    const path = join(folder, "sub", "design.json");
    writeFileSync(path, JSON.stringify({ ...LEAST, ...own }));
    const { model, images } = readDesign(path);
    return { model, images };
  };
  assert.deepEqual(read({ model: "tiny.onnx", images: "../photos" }), {
    model: join(folder, "sub", "tiny.onnx"),
    images: join(folder, "photos"),
  });
  assert.deepEqual(read({ model: "efficientnet-b3" }), { model: "efficientnet-b3", images: undefined });
  assert.equal(read({ model: join(folder, "tiny.onnx") }).model, join(folder, "tiny.onnx"));
});
