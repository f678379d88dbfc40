import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readServedModel } from "../../../pipeline/plan/served-model.js";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { writeTinyModel } from "../commands/tiny-model.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-served-model-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const FLAGS = { modelName: "classifier", storageUri: "pvc://models/classifier" };
const MEASURED = {
  type: "cpu",
  workload: "images",
  dataset: join(PACKAGE_ROOT, "data", "reference-cpu"),
  model: "efficientnet-b0",
  provider: "cpu",
  threads: 2,
  concurrent: 1,
  input_size_px: 224,
};

async function served(source: Partial<typeof MEASURED> & { readonly model_sha256?: string }, flags = {}) {
  return (await readServedModel({ ...FLAGS, ...flags }, [{ ...MEASURED, ...source }])).typeOf("cpu", "images");
}

test("a built-in model's input and output are known, and a flag replaces what it names", async () => {
  const { input, output } = await served({});
  assert.deepEqual(input, { name: "images", type: "float32", dims: [3, 224, 224] });
  assert.deepEqual(output, { name: "logits", type: "float32", dims: [1000] });
  assert.deepEqual((await served({}, { inputName: "x" })).input, { name: "x", type: "float32", dims: [3, 224, 224] });
});

test("a model file's input is read, as long as it is the file that was measured", async () => {
  const model = join(folder, "tiny.onnx");
  writeTinyModel(model, "uint8", [4, "H", "W", 3], [1, 2]);
  const sha256 = createHash("sha256").update(readFileSync(model)).digest("hex");
  const known = await served({ model, model_sha256: sha256, input_size_px: 32 });
  assert.deepEqual(known.input, { name: "images", type: "uint8", dims: [32, 32, 3] });
  assert.equal(known.fixedMiniBatchSize, 4);
  assert.equal(known.output, undefined);
  assert.equal((await served({ model, model_sha256: "of another file" })).input, undefined);
  assert.equal((await served({ model: join(folder, "gone.onnx") })).input, undefined);
});

test("memory is the measured peak at the next larger mini-batch, and unknown beyond what was measured", async () => {
  const { peakMemoryMib } = await served({});
  const [five = 0, eight = 0, nine = 0] = [5, 8, 9].map((size) => peakMemoryMib?.(size));
  assert.ok(five === eight && eight < nine);
  assert.equal(peakMemoryMib?.(1000), undefined);
  assert.equal((await served({ threads: 4 })).peakMemoryMib?.(1), undefined);
});
