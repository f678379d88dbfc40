import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { cacheFolder } from "../../src/core/cache-folder.js";
import { buildModelFile, ensureModelFile, modelsFolder } from "../../src/measure/model-file.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-model-"));
after(() => rmSync(folder, { recursive: true }));

test("a model that is a file is that file, and one that is neither a file nor built in is refused", () => {
  const path = join(folder, "own.onnx");
  writeFileSync(path, "");
  assert.equal(ensureModelFile(path), path);
  const message = /^model b9: no such file, allowed are the path of an ONNX file, efficientnet-b0, .*efficientnet-b7$/;
  assert.throws(() => ensureModelFile("b9"), { name: "UserError", message });
});

test("a built-in model is built once, and the command that builds it writes the same bytes", () => {
  const path = ensureModelFile("efficientnet-b0");
  const again = join(folder, "deep", "b0.onnx");
  buildModelFile("efficientnet-b0", again);
  assert.ok(readFileSync(again).equals(readFileSync(path)));
  assert.deepEqual(readdirSync(join(folder, "deep")), ["b0.onnx"]);
  writeFileSync(again, "kept");
  assert.equal(ensureModelFile(again), again);
  assert.throws(() => buildModelFile("resnet", again), {
    message: /^model resnet: not built in, allowed are efficientnet-b0, /,
  });
  assert.equal(readFileSync(again, "utf8"), "kept");
});

test("built-in models lie beside the datasets, and in the user's cache folder where those can't be written", () => {
  const checkout = join(folder, "checkout");
  mkdirSync(join(checkout, "data"), { recursive: true });
  assert.equal(modelsFolder(checkout), join(checkout, "data", "models"));
  for (const root of [join(folder, "node_modules", "batchwise"), join(folder, "unwritable")]) {
    assert.ok(modelsFolder(root).startsWith(join(cacheFolder(), "")), root);
  }
});
