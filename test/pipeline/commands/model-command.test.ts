import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import onnxProto from "onnx-proto";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { nodeOf, tensorInput, tensorOutput, writeSmallModel } from "../../measure/small-model.js";
import { writeTinyModel } from "./tiny-model.js";

const { onnx } = onnxProto;
const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const folder = mkdtempSync(join(tmpdir(), "batchwise-model-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function model(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, "model", ...args], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout;
}

test("a built-in model is built and described with its published size and work", () => {
  const file = join(folder, "b0.onnx");
  assert.equal(model("build", "efficientnet-b0", "--out", file), `efficientnet-b0 is in ${file}\n`);
  const [summary, graph, input, ...rest] = model("describe", file).split("\n");
  // torchvision: 5,288,548 parameters, 0.386 G multiply-adds; folding keeps one of two of each of 21,008 normalised
  // channels.
  assert.match(summary ?? "", /^b0: 5,267,540 parameters in \d+ nodes, 21\.1 MB$/);
  assert.equal(graph, "graph efficientnet-b0");
  assert.equal(input, "input images: float32, (N, 3, H, W)");
  assert.match(rest.join("\n"), /^input size \(px\) +multiply-adds per image \(M\) +.*\n +224 +385\.\d +\d+\.\d$/m);
});

test("any model's input is described with the work at each of --sizes, and as one JSON object", () => {
  const [any, fixed] = [join(folder, "any.onnx"), join(folder, "fixed.onnx")];
  writeTinyModel(any, "uint8", ["N", "H", "W", 3], [1, 2]);
  writeTinyModel(fixed, "float32", [4, 3, 24, 24], [2, 3]);
  const described = JSON.parse(model("describe", any, "--sizes", "32,64", "--json"));
  assert.deepEqual(
    [described.parameters, described.nodes, described.input.type, described.input.layout, described.bytes],
    [0, 2, "uint8", "nhwc", readFileSync(any).length],
  );
  assert.equal(described.sha256, createHash("sha256").update(readFileSync(any)).digest("hex"));
  // The image as 32-bit numbers, and three logits.
  assert.deepEqual(described.work, [
    { inputSizePx: 32, multiplyAdds: 0, activationBytes: 4 * (32 * 32 * 3 + 3) },
    { inputSizePx: 64, multiplyAdds: 0, activationBytes: 4 * (64 * 64 * 3 + 3) },
  ]);
  const text = model("describe", fixed, "--sizes", "99");
  assert.match(text, /^input images: float32, \(4, 3, 24, 24\)$/m);
  assert.match(text, /^ +24 +0\.0 +\d/m, "the one size that it has, whatever is asked for");
});

test("a model whose branches differ in their work says that the larger one is counted", () => {
  const file = join(folder, "branches.onnx");
  const branch = (name: string, weight: string) => ({
    node: [nodeOf({ opType: "Conv", input: ["images", weight], output: name })],
    ...{ name, output: [tensorOutput(name, "FLOAT")] },
  });
  const bodies = { then_branch: branch("a", "small"), else_branch: branch("b", "large") };
  writeSmallModel(file, {
    shape: ["N", 3, "H", "W"],
    nodes: [
      { opType: "ReduceMean", input: ["images"], output: "mean", attributes: { keepdims: 0 } },
      { opType: "Cast", input: ["mean"], output: "bright", attributes: { to: onnx.TensorProto.DataType.BOOL } },
      { opType: "If", input: ["bright"], output: "y", bodies },
    ],
    weights: { small: [4, 3, 1, 1], large: [4, 3, 3, 3] },
  });
  const text = model("describe", file, "--sizes", "100");
  assert.match(text, / 100 +1\.0 .*\nnote: If y: its branches differ, the larger one is counted\n$/, "98² · 4 · 27");
  const [work] = JSON.parse(model("describe", file, "--sizes", "100", "--json")).work;
  assert.deepEqual(
    [work.multiplyAdds, work.notes],
    [98 * 98 * 4 * 27, ["If y: its branches differ, the larger one is counted"]],
  );
});

test("what a model's file does not tell of its input is said by options, and its own sides are kept", () => {
  const silent = join(folder, "silent.onnx");
  const nodes = [
    { opType: "Conv", input: ["images", "w"], output: "c" },
    { opType: "Mul", input: ["c", "scale"], output: "y" },
  ];
  const weights = { w: [2, 5, 3, 3] };
  writeSmallModel(silent, { nodes, weights, furtherInputs: [tensorInput("scale", "FLOAT", [])] });
  const said = ["--size", "10x12", "--layout", "nchw", "--channels", "5", "--input", "scale=2"];
  const described = JSON.parse(model("describe", silent, ...said, "--json"));
  assert.deepEqual([described.input.channels, described.input.further[0].values], [5, [2]]);
  assert.deepEqual(described.work, [
    { inputSizePx: 11, multiplyAdds: 8 * 10 * 2 * 5 * 9, activationBytes: 4 * 2 * (8 * 10 * 2) },
  ]);
  assert.match(model("describe", silent, ...said), /^input images: float32, \(N, 5, 10, 12\)$/m);
  const sides = join(folder, "sides.onnx");
  writeSmallModel(sides, { shape: ["N", 5, 10, 12], nodes: nodes.slice(0, 1), weights });
  assert.equal(JSON.parse(model("describe", sides, "--json")).work[0].multiplyAdds, 8 * 10 * 2 * 5 * 9);
});

test("build --json names the file, and one that would not be an ONNX file is refused", () => {
  const file = join(folder, "json.onnx");
  assert.deepEqual(JSON.parse(model("build", "efficientnet-b0", "--out", file, "--json")), {
    name: "efficientnet-b0",
    file,
  });
  assert.deepEqual(readFileSync(file), readFileSync(join(folder, "b0.onnx")), "the same weights each time");
  const other = join(folder, "b0.bin");
  const args = [CLI, "model", "build", "efficientnet-b0", "--out", other];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.deepEqual([status, stderr], [2, `batchwise: --out ${other}: allowed are files that end with .onnx\n`]);
  assert.equal(existsSync(other), false);
});

test("the runtime tells its maker nothing: it leaves no files of its telemetry", () => {
  const path = join(folder, "quiet.onnx");
  writeTinyModel(path, "uint8", ["N", "H", "W", 3], [1, 2]);
  const TMPDIR = mkdtempSync(join(folder, "temporary-"));
  const args = [CLI, "model", "describe", path, "--sizes", "24"];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", env: { ...process.env, TMPDIR } });
  assert.deepEqual([status, stderr, readdirSync(TMPDIR)], [0, "", []]);
});
