import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import sharp from "sharp";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { deviceSpecs } from "../../src/execute/device-specs.js";
import type { PlanDocument } from "../../src/plan/answer/plan-document.js";
import { tensorInput, writeSmallModel } from "../measure/small-model.js";
import { writeTinyModel } from "../pipeline/commands/tiny-model.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-device-specs-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A dataset of which a plan's execution needs the design only. */
function datasetOf(seed: number, own: object = {}): string {
  const described = join(PACKAGE_ROOT, "test", "fixtures", "three-cells", "datapackage.json");
  const dataPackage = JSON.parse(readFileSync(described, "utf8"));
  Object.assign(dataPackage.provenance.design, { seed, ...own });
  const dataset = join(folder, `seed-${seed}`);
  mkdirSync(dataset);
  writeFileSync(join(dataset, "datapackage.json"), JSON.stringify(dataPackage));
  return dataset;
}

test("devices of datasets with different seeds get different images of the same size, those of one share them", async () => {
  const model = join(folder, "any.onnx");
  writeTinyModel(model, "float32", ["n", 3, "h", "w"], [2, 3]);
  const model_sha256 = createHash("sha256").update(readFileSync(model)).digest("hex");
  const [one, two] = [datasetOf(1), datasetOf(2)];
  const sources = [one, two, one].map((dataset) => ({
    ...{ type: "cpu-1t", workload: "images", dataset, model, model_sha256 },
    ...{ provider: "cpu", threads: 1, concurrent: 1, input_size_px: 32 },
  }));
  const device = { type: "cpu-1t", mini_batch_size: 1, further_mini_batches: 2, images: 3, finish_ms: 5 };
  const plan: PlanDocument = {
    version: 2,
    status: "optimal",
    devices: [device, device, device],
    question: { class: "relaxed", objective: "images", workloads: [], start: "loaded", sources },
  };
  const specs = await deviceSpecs(plan, sources, join(folder, "scratch"));
  const [first = [], second = [], third = []] = specs.map(({ imagePaths }) => imagePaths);
  assert.equal(first.length, second.length);
  for (const [index, path] of first.entries()) {
    assert.notDeepEqual(readFileSync(path), readFileSync(second[index] ?? ""));
  }
  assert.deepEqual(third, first);
  assert.deepEqual(
    specs.map(({ miniBatches, images }) => [miniBatches, images]),
    [
      [3, 3],
      [3, 3],
      [3, 3],
    ],
  );
});

test("a device gets the model's input as its dataset's design says it, and images of that shape", async () => {
  const model = join(folder, "silent.onnx");
  const nodes = [{ opType: "Mul", input: ["images", "scale"], output: "y" }];
  writeSmallModel(model, { nodes, furtherInputs: [tensorInput("scale", "FLOAT", [])] });
  const said = { input_shape: "24x40", input_sizes_px: [31], layout: "nchw", channels: 3, inputs: { scale: 2 } };
  const source = {
    ...{ type: "cpu-1t", workload: "images", dataset: datasetOf(3, { ...said, mini_batch_sizes: [1] }), model },
    ...{ model_sha256: createHash("sha256").update(readFileSync(model)).digest("hex") },
    ...{ provider: "cpu", threads: 1, concurrent: 1, input_size_px: 31 },
  };
  const device = { type: "cpu-1t", mini_batch_size: 1, further_mini_batches: 0, images: 1, finish_ms: 5 };
  const plan: PlanDocument = {
    ...{ version: 2, status: "optimal", devices: [device] },
    question: { class: "relaxed", objective: "images", workloads: [], start: "loaded", sources: [source] },
  };
  const [spec] = await deviceSpecs(plan, [source], join(folder, "scratch-of-shape"));
  assert.deepEqual(spec?.input, {
    ...{ name: "images", type: "float32", layout: "nchw", channels: 3, fixedHeightPx: 24, fixedWidthPx: 40 },
    further: [{ name: "scale", type: "float32", dims: [], values: [2] }],
  });
  const { width, height } = await sharp(spec?.imagePaths[0]).metadata();
  assert.deepEqual([width, height], [40, 24]);
});
