import assert from "node:assert/strict";
import { test } from "node:test";
import onnxProto, { type onnx } from "onnx-proto";
import {
  type InputChoices,
  imageShape,
  type ModelInput,
  misfit,
  possibleInputs,
  sizeOfShape,
  tensorDims,
} from "../../src/model/model-input.js";

const { DataType } = onnxProto.onnx.TensorProto;

/** An axis: a number, a name, or null for one that says nothing. */
type Axis = number | string | null;

function valueInfoOf(name: string, shape: readonly Axis[] | undefined, type: keyof typeof DataType = "FLOAT") {
  const dim = shape?.map((axis) =>
    typeof axis === "string" ? { dimParam: axis } : axis === null ? {} : { dimValue: axis },
  );
  return { name, type: { tensorType: { elemType: DataType[type], ...(dim && { shape: { dim } }) } } };
}

function allOf(shape: readonly Axis[] | undefined, choices: InputChoices = {}, type: keyof typeof DataType = "FLOAT") {
  return possibleInputs({ input: [valueInfoOf("images", shape, type)] }, choices);
}

/** The one input that a shape allows. */
function inputOf(shape: readonly Axis[] | undefined, type: keyof typeof DataType = "FLOAT", choices?: InputChoices) {
  const [input, ...others] = allOf(shape, choices, type);
  assert.ok(input);
  assert.deepEqual(others, []);
  return input;
}

test("the layout is told by where the channels are, and an axis with a name, with none, of 0 or −1 is dynamic", () => {
  const base = { name: "images", type: "float32" };
  assert.deepEqual(inputOf(["N", 3, "H", "W"]), { ...base, layout: "nchw", channels: 3 });
  assert.deepEqual(inputOf(["N", "H", "W", 3]), { ...base, layout: "nhwc", channels: 3 });
  assert.deepEqual(inputOf([null, 3, -1, "W"]), { ...base, layout: "nchw", channels: 3 });
  assert.deepEqual(inputOf(["N", 3, 0, "W"]), { ...base, layout: "nchw", channels: 3, needsChange: true });
  assert.deepEqual(inputOf(["N", 1, 28, 28]), {
    ...base,
    layout: "nchw",
    channels: 1,
    fixedHeightPx: 28,
    fixedWidthPx: 28,
  });
  const fixed = { fixedMiniBatchSize: 8, fixedHeightPx: 20, fixedWidthPx: 30 };
  assert.deepEqual(inputOf([8, 3, 20, 30]), { ...base, layout: "nchw", channels: 3, ...fixed });
  assert.deepEqual(inputOf([8, 20, 30, 1], "UINT8"), { ...base, type: "uint8", layout: "nhwc", channels: 1, ...fixed });
  assert.equal(inputOf(["N", 3, "H", 3]).layout, "nchw", "channels first where both could be");
});

const LAYOUTS: [shape: Axis[], layout: string, channels: number][] = [
  [["N", 4, "H", "W"], "nchw", 4],
  [["N", "H", "W", 12], "nhwc", 12],
  [["N", 13, 64, 64], "nchw", 13],
  [["N", 64, 64, 13], "nhwc", 13],
  [["N", 4, 240, 320], "nchw", 4],
  [["N", 240, 320, 5], "nhwc", 5],
  [[3, "H", "W"], "chw", 3],
  [["H", "W", 3], "hwc", 3],
  [[5, 64, 64], "chw", 5],
];

test("any number of channels is found, the image's sides being alike or larger, and without an axis of the batch", () => {
  for (const [shape, layout, channels] of LAYOUTS) {
    const input = inputOf(shape);
    assert.deepEqual([input.layout, input.channels], [layout, channels], String(shape));
    assert.equal(input.fixedMiniBatchSize, shape.length === 3 ? 1 : undefined);
  }
});

test("where nothing tells them, layouts and channels are guesses in an order, which choices end", () => {
  const guesses = ["nchw 3", "nhwc 3", "nchw 1", "nhwc 1", "nchw 4", "nhwc 4"];
  const named = (inputs: ModelInput[]) => inputs.map(({ layout, channels }) => `${layout} ${channels}`);
  assert.deepEqual(named(allOf(["N", "C", "H", "W"])), guesses);
  assert.deepEqual(named(allOf(undefined)), guesses);
  assert.deepEqual(named(allOf(["N", "C", 224, 224])), ["nchw 3", "nchw 1", "nchw 4"]);
  assert.deepEqual(named(allOf(["N", "C", "H", "W"], { layout: "nhwc" })), ["nhwc 3", "nhwc 1", "nhwc 4"]);
  assert.deepEqual(named(allOf(["N", "C", "H", "W"], { channels: 7 })), ["nchw 7", "nhwc 7"]);
  const chosen = inputOf(undefined, "FLOAT", { layout: "nchw", channels: 3 });
  assert.deepEqual(chosen, { name: "images", type: "float32", layout: "nchw", channels: 3 });
});

test("element types of 8 to 64 bits are images, and bfloat16 needs a change", () => {
  for (const [type, name] of [
    ["INT8", "int8"],
    ["INT32", "int32"],
    ["INT64", "int64"],
    ["DOUBLE", "float64"],
    ["FLOAT16", "float16"],
  ] as const) {
    assert.equal(inputOf(["N", 3, "H", "W"], type).type, name);
  }
  const { type, needsChange } = inputOf(["N", 3, "H", "W"], "BFLOAT16");
  assert.deepEqual([type, needsChange], ["bfloat16", true]);
});

const WRONG: [shape: Axis[] | undefined, type: keyof typeof DataType, choices: InputChoices, message: RegExp][] = [
  [["N", 3], "FLOAT", {}, /^model: input images float32 \[N, 3\]: allowed is rank 4, \(N, C, H, W\)/],
  [["N", 3, "H", "W"], "STRING", {}, /^model: input images of another type \[N, 3, H, W\]: allowed are floating-point/],
  [["N", 3, "H", "W"], "BOOL", {}, /: allowed are floating-point numbers and whole numbers of 8 to 64 bits$/],
  [["N", 3, "H", "W"], "FLOAT", { channels: 4 }, /: does not fit layout any with channels 4$/],
  [["N", 3, "H", "W"], "FLOAT", { layout: "chw" }, /: does not fit layout chw with channels any$/],
  [["N", 3, 32, 32], "FLOAT", { shape: { heightPx: 24, widthPx: 32 } }, /^size 24x32: the model's is fixed to 32x32$/],
  [
    ["N", 3, "H", "W"],
    "FLOAT",
    { inputs: { x: 1 } },
    /^model: has no input x that needs a value, its inputs are images$/,
  ],
];

test("an input that is no batch of images, or not the one that is chosen, is refused with its shape", () => {
  for (const [shape, type, choices, message] of WRONG) {
    assert.throws(() => allOf(shape, choices, type), { name: "UserError", message });
  }
});

test("of several inputs all but one need a value, of the file or of the user", () => {
  const images = valueInfoOf("a", ["N", 3, 8, 8]);
  const second = valueInfoOf("b", ["N", 2], "INT64");
  assert.throws(() => possibleInputs({ input: [images, second] }), {
    message:
      "model: has 2 inputs without a value (a, b), required is one image batch; others get theirs with --input NAME=VALUE",
  });
  assert.throws(() => possibleInputs({}), { message: /^model: has 0 inputs without a value \(\)/ });
  const scalar = valueInfoOf("b", []);
  const initializer: onnx.ITensorProto[] = [{ name: "b", dataType: DataType.FLOAT, floatData: [2] }];
  assert.equal(possibleInputs({ input: [images, scalar], initializer })[0]?.further, undefined, "a constant default");
  assert.deepEqual(possibleInputs({ input: [second, images] }, { inputs: { b: [4, 8] } })[0]?.further, [
    { name: "b", type: "int64", dims: [null, 2], values: [4, 8] },
  ]);
});

test("a tensor's shape follows the layout", () => {
  assert.deepEqual(tensorDims(inputOf(["N", 3, "H", "W"]), 32, 5), [5, 3, 32, 32]);
  assert.deepEqual(tensorDims(inputOf(["N", "H", "W", 1]), 32, 5), [5, 32, 32, 1]);
  assert.deepEqual(tensorDims(inputOf([3, "H", "W"]), 32, 1), [3, 32, 32]);
  assert.deepEqual(tensorDims(inputOf(["N", 3, 240, 320]), 277, 2), [2, 3, 240, 320]);
});

test("a cell fits where each axis is free or the same", () => {
  const free = inputOf(["N", 3, "H", "W"]);
  assert.equal(misfit(free, 32, 4), undefined);
  assert.equal(misfit(inputOf([4, 3, 32, 32]), 32, 4), undefined);
  assert.equal(misfit(inputOf([4, 3, 32, 32]), 32, 5), "mini-batch size 5: the model's is fixed to 4");
  assert.equal(misfit(inputOf(["N", 3, 32, 32]), 33, 4), "input size 33: the model's is fixed to 32 × 32");
  assert.equal(misfit(inputOf(["N", 3, "H", 24]), 32, 4), "input size 32: the model's is fixed to H × 24");
  assert.equal(
    misfit(inputOf(["N", 3, 32, 24]), 32, 4),
    "input size 32: the model's is fixed to 32 × 24, which is size 28",
  );
  assert.equal(misfit(inputOf(["N", 3, 24, "W"]), 32, 4), "input size 32: the model's is fixed to 24 × W");
  assert.equal(misfit(inputOf(["N", 3, 240, 320]), 277, 4), undefined);
  assert.equal(misfit(inputOf(["N", 3, 25, "W"]), 24, 4)?.endsWith("fixed to 25 × W"), true);
});

test("images that are not square have the size of the square with as many pixels", () => {
  assert.equal(sizeOfShape({ heightPx: 240, widthPx: 320 }), 277); // √76,800 = 277.1
  assert.equal(sizeOfShape({ heightPx: 224, widthPx: 224 }), 224);
  const chosen = inputOf(["N", 3, "H", "W"], "FLOAT", { shape: { heightPx: 240, widthPx: 320 } });
  assert.deepEqual(imageShape(chosen, 277), { heightPx: 240, widthPx: 320 });
  assert.deepEqual(imageShape(inputOf(["N", 3, "H", "W"]), 32), { heightPx: 32, widthPx: 32 });
});
