import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { seededRandom } from "../../src/core/seeded-random.js";
import { readDataPackage } from "../../src/dataset/data-package.js";
import { describeModel } from "../../src/measure/describe-model.js";
import { measureModelWork } from "../../src/measure/model-work.js";
import { openSession } from "../../src/measure/session.js";
import { convolutionWeights, efficientNetLayers } from "../../src/model/efficientnet-layers.js";
import { buildEfficientNet } from "../../src/model/efficientnet-onnx.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-b0-"));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, "efficientnet-b0.onnx");
const bytes = buildEfficientNet("efficientnet-b0", 1);
writeFileSync(path, bytes);

test("EfficientNet-B0 is one tensor of images in and a thousand logits out, with torchvision's parameters", async () => {
  const { name, parameters, input } = await describeModel(path);
  assert.deepEqual(
    [name, input],
    ["efficientnet-b0", { name: "images", type: "float32", layout: "nchw", channels: 3 }],
  );
  // Oracle: torchvision's 5,288,548 parameters have two per channel for batch norm; folded in, one is left.
  const normalised = efficientNetLayers("efficientnet-b0").reduce(
    (sum, layer) => sum + (layer.kind === "convolution" ? layer.channelsOut : 0),
    0,
  );
  assert.equal(parameters, 5_288_548 - normalised);
});

test("EfficientNet-B0 does as much work as published", async () => {
  // Oracle: torchvision documents 0.39 GFLOPS (multiply-adds) for efficientnet_b0 at 224 px.
  const { multiplyAdds } = await measureModelWork(path, 224);
  assert.equal(Math.round(multiplyAdds / 1e7) / 100, 0.39);
});

test("the model keeps the bytes that the committed datasets were measured with", () => {
  const { provenance } = readDataPackage(join(PACKAGE_ROOT, "data", "reference-cpu"));
  assert.equal(createHash("sha256").update(bytes).digest("hex"), provenance.model.sha256);
});

test("another seed gives other weights of the same model", () => {
  const other = buildEfficientNet("efficientnet-b0", 2);
  assert.equal(other.length, bytes.length);
  assert.equal(Buffer.compare(other, bytes) === 0, false);
});

test("activations neither fade nor explode: logits are of order 1 and tell images apart, at small and large sizes", async () => {
  const session = await openSession(path, { provider: "cpu", threads: 1 });
  for (const size of [32, 96]) {
    const { normal } = seededRandom(size);
    const data = Float32Array.from({ length: 2 * 3 * size * size }, normal);
    const { logits } = await session.run({ type: "float32", data, dims: [2, 3, size, size] });
    const values = Array.from(logits?.data ?? [], Number);
    assert.deepEqual(logits?.dims, [2, 1000]);
    const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    assert.ok(square > 0.05 && square < 20, `mean square ${square} at ${size} px`);
    const difference = values.slice(0, 1000).map((value, index) => Math.abs(value - (values[1000 + index] ?? 0)));
    assert.ok(Math.max(...difference) > 0.01, "two images give two answers");
  }
  await session.close();
});

test("a convolution's weights are its kernel over the channels of its group", () => {
  const layer = { kind: "convolution", name: "c", kernel: 3, stride: 1, activation: "none" } as const;
  assert.equal(convolutionWeights({ ...layer, channelsIn: 8, channelsOut: 16, groups: 1 }), 16 * 8 * 9);
  assert.equal(convolutionWeights({ ...layer, channelsIn: 8, channelsOut: 8, groups: 8 }), 8 * 9);
});
