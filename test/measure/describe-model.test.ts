import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { describeModel } from "../../src/measure/describe-model.js";
import { measureModelWork } from "../../src/measure/model-work.js";
import { writeTinyModel } from "../pipeline/commands/tiny-model.js";
import { type SmallModel, writeSmallModel } from "./small-model.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-describe-"));
after(() => rmSync(folder, { recursive: true }));

function written(name: string, model: SmallModel): string {
  const path = join(folder, `${name}.onnx`);
  writeSmallModel(path, model);
  return path;
}

/** A convolution, a depthwise one, and three products of matrices; its weights are counted by hand below. */
const NETWORK: SmallModel = {
  name: "network",
  shape: ["N", 3, "H", "W"],
  nodes: [
    {
      opType: "Conv",
      input: ["images", "w1", "b1"],
      output: "c1",
      attributes: { strides: [2, 2], pads: [1, 1, 1, 1] },
    },
    { opType: "Conv", input: ["c1", "w2"], output: "c2", attributes: { group: 4, pads: [1, 1, 1, 1] } },
    { opType: "GlobalAveragePool", input: ["c2"], output: "pooled" },
    { opType: "Reshape", input: ["pooled", "rows"], output: "flat" },
    { opType: "Gemm", input: ["flat", "w3"], output: "g1", attributes: { transB: 1 } },
    { opType: "Gemm", input: ["g1", "w4"], output: "g2" },
    { opType: "MatMul", input: ["g2", "w5"], output: "logits" },
  ],
  weights: { w1: [4, 3, 3, 3], b1: [4], w2: [4, 1, 3, 3], w3: [5, 4], w4: [5, 7], w5: [7, 2] },
  integers: { rows: [-1, 4] },
};
const network = written("file-name", NETWORK);

test("a model is described by its graph and its file", async () => {
  assert.deepEqual(await describeModel(network), {
    name: "file-name",
    graphName: "network",
    sha256: createHash("sha256").update(readFileSync(network)).digest("hex"),
    bytes: statSync(network).size,
    parameters: 4 * 3 * 9 + 4 + 4 * 9 + 5 * 4 + 5 * 7 + 7 * 2,
    nodes: 7,
    input: { name: "images", type: "float32", layout: "nchw", channels: 3 },
  });
});

test("a model without a name is called after its file, and fixed axes are told", async () => {
  const path = written("nameless", {
    shape: [2, 16, 24, 1],
    nodes: [{ opType: "ReduceMean", input: ["images"], output: "mean", attributes: { axes: [1, 2], keepdims: 0 } }],
  });
  const { name, parameters, input } = await describeModel(path);
  assert.deepEqual([name, parameters], ["nameless", 0]);
  assert.deepEqual(input, {
    ...{ name: "images", type: "float32", layout: "nhwc", channels: 1 },
    ...{ fixedMiniBatchSize: 2, fixedHeightPx: 16, fixedWidthPx: 24 },
  });
});

for (const size of [8, 12]) {
  test(`the work of one image of ${size} px is counted from the shapes of every tensor`, async () => {
    const area = (size / 2) ** 2; // after the stride of 2
    const convolutions = 4 * area * 3 * 9 + 4 * area * 9;
    const products = 5 * 4 + 7 * 5 + 2 * 7;
    const values = 4 * area + 4 * area + 4 + 4 + 5 + 7 + 2;
    assert.deepEqual(await measureModelWork(network, size), {
      inputSizePx: size,
      multiplyAdds: convolutions + products,
      activationBytes: 4 * values,
    });
  });
}

for (const type of ["float16", "uint8"] as const) {
  test(`the work of a model that takes ${type} is counted from its shapes, too`, async () => {
    const path = join(folder, `${type}.onnx`);
    writeTinyModel(path, type, ["N", 3, "H", "W"], [2, 3]);
    const activationBytes = 4 * (3 * 6 * 6 + 3); // cast to float32, and a mean for each channel
    assert.deepEqual(await measureModelWork(path, 6), { inputSizePx: 6, multiplyAdds: 0, activationBytes });
  });
}

test("work is per image where the mini-batch size is fixed to more", async () => {
  const path = written("fixed", { ...NETWORK, shape: [3, 3, 8, 8] });
  assert.deepEqual(await measureModelWork(path, 8), await measureModelWork(network, 8));
});

test("what is no model, or no classifier of images, is refused with the file and the reason", async () => {
  const text = join(folder, "text.onnx");
  writeFileSync(text, "not a model");
  const empty = join(folder, "empty.onnx");
  writeFileSync(empty, "");
  const flat = written("flat", {
    ...NETWORK,
    shape: ["N", 3],
    nodes: [{ opType: "Relu", input: ["images"], output: "y" }],
  });
  const unknown = written("unknown", { ...NETWORK, nodes: [{ opType: "Abacus", input: ["images"], output: "y" }] });
  for (const [path, message] of [
    [join(folder, "none.onnx"), /^model .*none\.onnx: no such file or directory$/],
    [text, /^model .*text\.onnx: not an ONNX model$/],
    [empty, /^model .*empty\.onnx: not an ONNX model$/],
    [flat, /^model .*flat\.onnx: input images float32 \[N, 3\]: allowed is rank 4/],
    [unknown, /^model .*unknown\.onnx: ONNX Runtime can't load it \(.*Abacus.*\)$/],
  ] as const) {
    await assert.rejects(describeModel(path), { name: "UserError", message });
  }
});

test("a size that the model can't run at is refused", async () => {
  const path = written("eight", { ...NETWORK, shape: ["N", 3, 8, 8] });
  await assert.rejects(measureModelWork(path, 12), {
    name: "UserError",
    message: /eight\.onnx: can't run at 12 px \(.+\)$/,
  });
});
