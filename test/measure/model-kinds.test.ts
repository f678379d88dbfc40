import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import onnxProto from "onnx-proto";
import sharp from "sharp";
import { describeModel } from "../../src/measure/describe-model.js";
import { prepareMiniBatch } from "../../src/measure/images.js";
import { measureModelWork } from "../../src/measure/model-work.js";
import { openSession } from "../../src/measure/session.js";
import type { InputChoices } from "../../src/model/model-input.js";
import { nodeOf, type SmallModel, tensorInput, tensorOutput, writeSmallModel } from "./small-model.js";

const { DataType } = onnxProto.onnx.TensorProto;
const folder = mkdtempSync(join(tmpdir(), "batchwise-kinds-"));
after(() => rmSync(folder, { recursive: true }));

const picture = join(folder, "picture.png");
/** The colour of every pixel of the picture. */
const COLOUR = { r: 200, g: 100, b: 50 };
before(async () => {
  await sharp({ create: { width: 20, height: 20, channels: 3, background: COLOUR } })
    .png()
    .toFile(picture);
});

function written(name: string, model: SmallModel): string {
  mkdirSync(join(folder, name), { recursive: true });
  const path = join(folder, name, "model.onnx");
  writeSmallModel(path, model);
  return path;
}

/** Describes a model and runs a mini-batch of the picture; its outputs are numbers. */
async function run(path: string, choices: InputChoices = {}, inputSizePx = 16, miniBatchSize = 2) {
  const { input } = await describeModel(path, choices);
  const session = await openSession(path, { provider: "cpu", threads: 1, input });
  try {
    const size = input.fixedMiniBatchSize ?? miniBatchSize;
    const { tensor } = await prepareMiniBatch([picture], input, inputSizePx, size);
    const outputs = await session.run(tensor);
    return { input, dims: tensor.dims, outputs: Object.values(outputs).map(({ data }) => Array.from(data, Number)) };
  } finally {
    await session.close();
  }
}

/** A convolution and a product with weights that are large enough to be left out, and one that is not. */
const HEAVY: SmallModel = {
  shape: ["N", 3, "H", "W"],
  nodes: [
    { opType: "Conv", input: ["images", "w"], output: "c" },
    { opType: "GlobalAveragePool", input: ["c"], output: "p" },
    { opType: "Flatten", input: ["p"], output: "f" },
    { opType: "MatMul", input: ["f", "m"], output: "y" },
    { opType: "Add", input: ["y", "b"], output: "z" },
  ],
  weights: { w: [64, 3, 5, 5], m: [64, 40], b: [40] },
};
const PARAMETERS = 64 * 75 + 64 * 40 + 40;
const within = written("within", HEAVY);

const BESIDE: [how: string, weightFiles: Record<string, string>, files: string[]][] = [
  ["one file", { w: "model.onnx.data", m: "model.onnx.data", b: "model.onnx.data" }, ["model.onnx.data"]],
  ["many files", { w: "w", m: "weights.m", b: "b.bin" }, ["b.bin", "w", "weights.m"]],
  ["a file for the large ones alone", { w: "large.data", m: "large.data" }, ["large.data"]],
];

for (const [index, [how, weightFiles, files]] of BESIDE.entries()) {
  test(`weights beside the model in ${how} are those of the model, wherever one stands`, async () => {
    const path = written(`beside-${index}`, { ...HEAVY, weightFiles });
    const described = await describeModel(path);
    assert.equal(described.parameters, PARAMETERS);
    const contents = [path, ...files.map((file) => join(folder, `beside-${index}`, file))].map((file) =>
      readFileSync(file),
    );
    // Oracle: cat model.onnx, and the files in alphabetical order, | sha256sum
    assert.equal(described.sha256, createHash("sha256").update(Buffer.concat(contents)).digest("hex"));
    assert.equal(described.bytes, Buffer.concat(contents).length);
    assert.deepEqual(await measureModelWork(path, 16), await measureModelWork(within, 16));
    assert.deepEqual((await run(path)).outputs, (await run(within)).outputs);
    const [first = ""] = files;
    appendFileSync(join(folder, `beside-${index}`, first), "x");
    assert.notEqual((await describeModel(path)).sha256, described.sha256, "weights are part of what a model is");
  });
}

test("weights that are missing, too short, of another size or outside the model's folder are refused", async () => {
  const refused = async (name: string, location: string, message: RegExp, spoil?: (file: string) => void) => {
    const path = written(name, { ...HEAVY, weightFiles: { w: location } });
    spoil?.(join(folder, name, location));
    await assert.rejects(describeModel(path), { name: "UserError", message });
  };
  await refused("missing", "w.data", /model\.onnx: weights in w\.data: no such file or directory$/, (file) =>
    rmSync(file),
  );
  await refused("short", "w.data", /: w\.data has 100 bytes, weight w ends at 19200$/, (file) =>
    truncateSync(file, 100),
  );
  const outside = /: weights in \S+, allowed are files in the model's folder$/;
  await refused("parent", "../w.data", outside);
  await refused("absolute", join(folder, "w.data"), outside);
  await refused("linked", "w.data", outside, (file) => {
    rmSync(file);
    symlinkSync(join(folder, "w.data"), file);
  });
  const odd = written("odd", { ...HEAVY, weightFiles: { w: "w.data" } });
  const spoilt = readFileSync(odd, "latin1").replace("19200", "19204");
  writeFileSync(odd, spoilt, "latin1");
  await assert.rejects(describeModel(odd), { message: /: weight w has 19204 bytes, its shape needs 19200$/ });
});

test("a model that is a link to a file elsewhere has the weights beside that file, and its own name", async () => {
  const path = written("real", { ...HEAVY, weightFiles: { w: "w.data" } });
  const link = join(folder, "link.onnx");
  symlinkSync(path, link);
  const { name, sha256 } = await describeModel(link);
  assert.deepEqual([name, sha256], ["link", (await describeModel(path)).sha256]);
  assert.deepEqual((await run(link)).outputs, (await run(path)).outputs);
});

test("what the nodes of a model's own functions do is counted", async () => {
  const inner = [
    nodeOf({ opType: "Conv", input: ["x", "weight"], output: "c" }),
    nodeOf({ opType: "Relu", input: ["c"], output: "y" }),
  ];
  const opsetImport = [{ domain: "", version: 17 }];
  const block = { domain: "own", name: "Block", input: ["x", "weight"], output: ["y"], node: inner, opsetImport };
  const call = { opType: "Block", domain: "own" };
  const called = written("functions", {
    shape: ["N", 3, "H", "W"],
    nodes: [
      { ...call, input: ["images", "w"], output: "c1" },
      { ...call, input: ["c1", "v"], output: "c2" },
    ],
    weights: { w: [4, 3, 3, 3], v: [16, 4, 3, 3] },
    functions: [block],
  });
  const { multiplyAdds, activationBytes } = await measureModelWork(called, 16);
  assert.equal(multiplyAdds, 14 * 14 * 4 * 27 + 12 * 12 * 16 * 36);
  assert.equal(activationBytes, 4 * 2 * (14 * 14 * 4 + 12 * 12 * 16));
});

test("quantised products are counted as others are", async () => {
  const path = written("quantised", {
    shape: ["N", 3, "H", "W"],
    element: "UINT8",
    nodes: [{ opType: "ConvInteger", input: ["images", "w"], output: "y" }],
    bytes: { w: [8, 3, 3, 3] },
    outputs: [tensorOutput("y", "INT32")],
  });
  assert.equal((await measureModelWork(path, 10)).multiplyAdds, 8 * 8 * 8 * 27);
});

test("the work of a model whose shapes follow from values is measured by running it", async () => {
  const nodes = [
    ...HEAVY.nodes,
    { opType: "NonZero", input: ["z"], output: "places" },
    { opType: "Cast", input: ["places"], output: "numbers", attributes: { to: DataType.FLOAT } },
  ];
  const path = written("values", { ...HEAVY, nodes });
  const [ofValues, ofShapes] = [await measureModelWork(path, 16), await measureModelWork(within, 16)];
  assert.equal(ofValues.multiplyAdds, ofShapes.multiplyAdds);
  // The bias of 0.01 makes all of the 40 values non-zero: two whole numbers of 8 bytes for each, and as many of 4.
  assert.equal(ofValues.activationBytes, ofShapes.activationBytes + 40 * 2 * (8 + 4));
});

test("a size at which channels do not fit their weights is refused, though no shape forbids it", async () => {
  const path = written("channels", {
    shape: ["N", 3, "H", "W"],
    nodes: [
      { opType: "Reshape", input: ["images", "four"], output: "r" },
      { opType: "Conv", input: ["r", "w"], output: "c" },
    ],
    weights: { w: [2, 48, 3, 3] },
    integers: { four: [1, -1, 4, 4] },
  });
  assert.equal((await measureModelWork(path, 16)).multiplyAdds, 2 * 2 * 2 * 48 * 9);
  await assert.rejects(measureModelWork(path, 20), {
    message: /can't run at 20 px \(Conv c takes 48 channels and is given 75\)$/,
  });
});

const MEAN = { opType: "ReduceMean", input: ["real"], output: "mean", attributes: { axes: [2, 3], keepdims: 0 } };
const REAL = { opType: "Cast", input: ["images"], output: "real", attributes: { to: DataType.FLOAT } };

const ELEMENTS: [element: keyof typeof DataType, values: number[], tolerance: number][] = [
  ["INT8", [72, -28, -78], 1e-3],
  ["INT32", [200, 100, 50], 1e-3],
  ["INT64", [200, 100, 50], 1e-3],
  ["DOUBLE", [(200 / 255 - 0.485) / 0.229, (100 / 255 - 0.456) / 0.224, (50 / 255 - 0.406) / 0.225], 1e-5],
  ["BFLOAT16", [(200 / 255 - 0.485) / 0.229, (100 / 255 - 0.456) / 0.224, (50 / 255 - 0.406) / 0.225], 1e-2],
];

for (const [element, values, tolerance] of ELEMENTS) {
  test(`a model that takes ${element} gets pixels as whole numbers, or normalised`, async () => {
    const path = written(element, { shape: ["N", 3, "H", "W"], element, nodes: [REAL, MEAN] });
    const { outputs } = await run(path);
    for (const [index, value] of [...values, ...values].entries()) {
      assert.ok(Math.abs((outputs[0]?.[index] ?? Number.NaN) - value) <= tolerance, `${outputs}`);
    }
    const bits = { INT8: 8, INT32: 32, INT64: 64, DOUBLE: 64, BFLOAT16: 16 }[element as "INT8"];
    assert.ok(bits > 0);
    assert.equal((await measureModelWork(path, 8)).activationBytes, 4 * (3 * 64 + 3));
  });
}

test("an output of bfloat16 is taken, too, and measured with its own size", async () => {
  const half = { opType: "Cast", input: ["images"], output: "half", attributes: { to: DataType.BFLOAT16 } };
  const path = written("bfloat16-out", {
    shape: ["N", 3, "H", "W"],
    nodes: [half],
    outputs: [tensorOutput("half", "BFLOAT16")],
  });
  const { outputs, input } = await run(path, {}, 4, 1);
  assert.deepEqual([outputs[0]?.length, input.type, input.needsChange], [48, "float32", true]);
  assert.equal((await measureModelWork(path, 4)).activationBytes, 2 * 48);
});

/** Four channels are one too many for a convolution of three: running it tells which layout and channels are meant. */
const CONVOLUTION = { opType: "Conv", input: ["images", "w"], output: "c" };
const FLIPPED = [
  { opType: "Transpose", input: ["images"], output: "flipped", attributes: { perm: [0, 3, 1, 2] } },
  { opType: "Conv", input: ["flipped", "w"], output: "c" },
];

const AXES: [what: string, model: SmallModel, choices: InputChoices, dims: number[]][] = [
  [
    "named axes",
    { shape: ["N", "C", "H", "W"], nodes: [CONVOLUTION], weights: { w: [2, 3, 3, 3] } },
    {},
    [2, 3, 16, 16],
  ],
  [
    "axes without names",
    { shape: [null, null, null, null], nodes: [CONVOLUTION], weights: { w: [2, 1, 3, 3] } },
    {},
    [2, 1, 16, 16],
  ],
  [
    "axes of 0 and −1",
    { shape: [0, 3, -1, -1], nodes: [CONVOLUTION], weights: { w: [2, 3, 3, 3] } },
    {},
    [2, 3, 16, 16],
  ],
  ["no shape", { nodes: [CONVOLUTION], weights: { w: [2, 4, 3, 3] } }, {}, [2, 4, 16, 16]],
  ["no shape and channels last", { nodes: FLIPPED, weights: { w: [2, 3, 3, 3] } }, {}, [2, 16, 16, 3]],
  [
    "no shape, and what it takes is said",
    { nodes: [CONVOLUTION], weights: { w: [2, 7, 3, 3] } },
    { layout: "nchw", channels: 7 },
    [2, 7, 16, 16],
  ],
  [
    "six channels",
    { shape: ["N", 6, "H", "W"], nodes: [CONVOLUTION], weights: { w: [2, 6, 3, 3] } },
    {},
    [2, 6, 16, 16],
  ],
  ["other sides", { shape: ["N", 3, 12, 16], nodes: [CONVOLUTION], weights: { w: [2, 3, 3, 3] } }, {}, [2, 3, 12, 16]],
  [
    "sides that are said",
    { shape: ["N", 3, "H", "W"], nodes: [CONVOLUTION], weights: { w: [2, 3, 3, 3] } },
    { shape: { heightPx: 8, widthPx: 24 } },
    [2, 3, 8, 24],
  ],
];

for (const [what, model, choices, dims] of AXES) {
  test(`a model with ${what} runs`, async () => {
    const path = written(`axes ${what}`, model);
    const got = await run(path, choices);
    assert.deepEqual(got.dims, dims);
    const [, height = 0, width = 0] = got.dims.length === 4 ? got.dims.filter((size) => size > 7 || size === 2) : [];
    const { multiplyAdds } = await measureModelWork(
      path,
      got.input.fixedHeightPx === 12 || choices.shape ? 14 : 16,
      got.input,
    );
    assert.equal(multiplyAdds, (height - 2) * (width - 2) * 2 * 9 * got.input.channels);
  });
}

test("a model that runs with none of the likely channels says so, and what helps", async () => {
  const path = written("nine", { nodes: [CONVOLUTION], weights: { w: [2, 9, 3, 3] } });
  await assert.rejects(describeModel(path), {
    name: "UserError",
    message:
      /model\.onnx: input images: ran with none of nchw with 3, nhwc with 3, .* allowed are --layout and --channels$/,
  });
});

test("an input beside the images has its own default, or what is said, for each image where it has their axis", async () => {
  const nodes = [
    REAL,
    MEAN,
    { opType: "Mul", input: ["mean", "scale"], output: "scaled" },
    { opType: "Add", input: ["scaled", "shift"], output: "y" },
  ];
  const furtherInputs = [
    tensorInput("scale", "FLOAT", []),
    tensorInput("shift", "FLOAT", ["N", 3]),
    tensorInput("w", "FLOAT", [1]),
  ];
  const model = { shape: ["N", 3, "H", "W"], element: "UINT8" as const, nodes, furtherInputs, weights: { w: [1] } };
  const path = written("further", model);
  const { outputs } = await run(path, { inputs: { scale: 2, shift: [1, 2, 3] } });
  assert.deepEqual(outputs[0], [401, 202, 103, 401, 202, 103]);
  await assert.rejects(describeModel(path), {
    message:
      /model\.onnx: has 3 inputs without a value \(images, scale, shift\), required is one image batch; .* --input NAME=VALUE$/,
  });
  const { input } = await describeModel(path, { inputs: { scale: 2, shift: 0 } });
  assert.equal((await measureModelWork(path, 4, input)).activationBytes, 4 * (48 + 3 + 3 + 3));
});

test("a detector that takes one image without an axis for more is measured at mini-batch 1", async () => {
  const path = written("detector", {
    shape: [3, "H", "W"],
    nodes: [
      { opType: "Unsqueeze", input: ["images", "axis"], output: "batch" },
      { opType: "Conv", input: ["batch", "w"], output: "c" },
    ],
    weights: { w: [2, 3, 3, 3] },
    integers: { axis: [0] },
  });
  const { dims, input } = await run(path);
  assert.deepEqual([dims, input.layout, input.fixedMiniBatchSize], [[3, 16, 16], "chw", 1]);
  assert.equal((await measureModelWork(path, 16)).multiplyAdds, 14 * 14 * 2 * 27);
});
