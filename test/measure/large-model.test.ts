import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import onnxProto from "onnx-proto";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { encodedField, encodedVarint } from "../../src/model/file/protobuf-fields.js";
import { tensorInput, tensorOutput } from "./small-model.js";

const { GraphProto, ModelProto, TensorProto } = onnxProto.onnx;
const { FLOAT } = TensorProto.DataType;
const folder = mkdtempSync(join(tmpdir(), "batchwise-large-"));
after(() => rmSync(folder, { recursive: true }));

/** As many values as VGG-11 has, in one product of matrices: 530 MB, all zeros, which take no room on the disk. */
const [COLUMNS, ROWS] = [3 * 224 * 224, 880] as const;
const WEIGHT_BYTES = 4 * COLUMNS * ROWS;
const GRAPH = GraphProto.encode({
  node: [
    { opType: "Flatten", name: "flatten", input: ["images"], output: ["f"] },
    { opType: "MatMul", name: "product", input: ["f", "w"], output: ["y"] },
  ],
  input: [tensorInput("images", "FLOAT", ["N", 3, "H", "W"])],
  output: [tensorOutput("y", "FLOAT")],
}).finish();
const WEIGHT = { name: "w", dims: [COLUMNS, ROWS], dataType: FLOAT };
const MODEL = ModelProto.encode({ irVersion: 8, opsetImport: [{ domain: "", version: 17 }] }).finish();

/** The key and length of a field whose value follows, and is longer than what is here of it. */
function opened(field: number, start: Uint8Array, missing: number): Uint8Array {
  return Buffer.concat([encodedVarint(field * 8 + 2), encodedVarint(start.length + missing), start]);
}

function writeSparse(path: string, start: Uint8Array, bytes: number): void {
  writeFileSync(path, start);
  truncateSync(path, bytes);
}

/** A model in which the weight is the last thing, so that its values are the rest of the file. */
function writeWithin(path: string): void {
  const tensor = Buffer.concat([TensorProto.encode(WEIGHT).finish(), opened(9, new Uint8Array(), WEIGHT_BYTES)]);
  const graph = Buffer.concat([GRAPH, opened(5, tensor, WEIGHT_BYTES)]);
  const start = Buffer.concat([MODEL, opened(7, graph, WEIGHT_BYTES)]);
  writeSparse(path, start, start.length + WEIGHT_BYTES);
}

function writeBeside(path: string): void {
  const externalData = [{ key: "location", value: "w.data" }];
  const weight = TensorProto.encode({
    ...WEIGHT,
    dataLocation: TensorProto.DataLocation.EXTERNAL,
    externalData,
  }).finish();
  const graph = Buffer.concat([GRAPH, encodedField(5, weight)]);
  writeFileSync(path, Buffer.concat([MODEL, encodedField(7, graph)]));
  writeSparse(join(path, "..", "w.data"), new Uint8Array(), WEIGHT_BYTES);
}

const MODULE = (name: string) => pathToFileURL(join(PACKAGE_ROOT, "dist", "src", "measure", name)).href;
const SCRIPT = `
  const { describeModel } = await import("${MODULE("describe-model.js")}");
  const { measureModelWork } = await import("${MODULE("model-work.js")}");
  const described = await describeModel(process.argv[1]);
  const work = await measureModelWork(process.argv[1], 224, described.input);
  console.log(JSON.stringify({ ...described, ...work, mostMib: process.resourceUsage().maxRSS / 1024 }));`;

for (const [where, write] of [
  ["in its file", writeWithin],
  ["beside it", writeBeside],
] as const) {
  test(`describing a model with 530 MB of weights ${where} takes less than 300 MiB`, () => {
    mkdirSync(join(folder, where));
    const path = join(folder, where, "large.onnx");
    write(path);
    const args = ["--input-type=module", "--eval", SCRIPT, path];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    assert.equal(stderr, "");
    const { parameters, bytes, multiplyAdds, mostMib } = JSON.parse(stdout);
    assert.deepEqual([parameters, multiplyAdds], [COLUMNS * ROWS, COLUMNS * ROWS]);
    assert.ok(bytes > 529e6, String(bytes));
    assert.ok(mostMib < 300, `${mostMib} MiB`);
  });
}
