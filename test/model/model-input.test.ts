import assert from "node:assert/strict";
import { test } from "node:test";
import { type ModelInput, misfit, modelInputFrom, tensorDims } from "../../src/model/model-input.js";

function inputOf(shape: (number | string)[], type = "float32"): ModelInput {
  return modelInputFrom([{ name: "images", isTensor: true, type, shape }]);
}

test("the layout is told by where the channels are, and an axis with a name is dynamic", () => {
  const base = { name: "images", type: "float32" };
  assert.deepEqual(inputOf(["N", 3, "H", "W"]), { ...base, layout: "nchw", channels: 3 });
  assert.deepEqual(inputOf(["N", "H", "W", 3]), { ...base, layout: "nhwc", channels: 3 });
  assert.deepEqual(inputOf(["N", 1, 28, 28]), {
    ...base,
    layout: "nchw",
    channels: 1,
    fixedHeightPx: 28,
    fixedWidthPx: 28,
  });
  const fixed = { fixedMiniBatchSize: 8, fixedHeightPx: 20, fixedWidthPx: 30 };
  assert.deepEqual(inputOf([8, 3, 20, 30]), { ...base, layout: "nchw", channels: 3, ...fixed });
  assert.deepEqual(inputOf([8, 20, 30, 1], "uint8"), {
    name: "images",
    type: "uint8",
    layout: "nhwc",
    channels: 1,
    ...fixed,
  });
  assert.deepEqual(inputOf([-1, 3, 0, "W"], "float16"), { ...base, type: "float16", layout: "nchw", channels: 3 });
  assert.equal(inputOf(["N", 3, "H", 3]).layout, "nchw", "channels first where both could be");
});

const WRONG: [shape: (number | string)[], type: string | undefined, message: RegExp][] = [
  [["N", 3, "H"], "float32", /^model: input images float32 \[N, 3, H\]: allowed is rank 4, \(N, C, H, W\)/],
  [["N", 3, "H", "W"], "int64", /^model: input images int64 \[N, 3, H, W\]: allowed are float32, float16 and uint8$/],
  [["N", 4, "H", "W"], "uint8", /: no axis with 1 or 3 channels at place 2 or 4$/],
  [["N", 2, 3, 4], "uint8", /: no axis with 1 or 3 channels/],
];

test("an input that is no batch of images is refused with its shape", () => {
  for (const [shape, type, message] of WRONG) {
    assert.throws(() => inputOf(shape, type), { name: "UserError", message });
  }
  const untyped = [{ name: "images", isTensor: false }];
  assert.throws(() => modelInputFrom(untyped), { message: /input images without a type \[\]: allowed is rank 4/ });
});

test("a model with no input or with several is refused with their names", () => {
  const one = { name: "a", isTensor: true, type: "float32", shape: ["N", 3, 8, 8] };
  assert.throws(() => modelInputFrom([one, { ...one, name: "b" }]), {
    message: "model: has 2 inputs (a, b), allowed is one image batch",
  });
  assert.throws(() => modelInputFrom([]), { message: "model: has 0 inputs (), allowed is one image batch" });
});

test("a tensor's shape follows the layout", () => {
  assert.deepEqual(tensorDims(inputOf(["N", 3, "H", "W"]), 32, 5), [5, 3, 32, 32]);
  assert.deepEqual(tensorDims(inputOf(["N", "H", "W", 1]), 32, 5), [5, 32, 32, 1]);
});

test("a cell fits where each axis is free or the same", () => {
  const free = inputOf(["N", 3, "H", "W"]);
  assert.equal(misfit(free, 32, 4), undefined);
  assert.equal(misfit(inputOf([4, 3, 32, 32]), 32, 4), undefined);
  assert.equal(misfit(inputOf([4, 3, 32, 32]), 32, 5), "mini-batch size 5: the model's is fixed to 4");
  assert.equal(misfit(inputOf(["N", 3, 32, 32]), 33, 4), "input size 33: the model's is fixed to 32 × 32");
  assert.equal(misfit(inputOf(["N", 3, "H", 24]), 32, 4), "input size 32: the model's is fixed to H × 24");
  assert.equal(misfit(inputOf(["N", 3, 32, 24]), 32, 4), "input size 32: the model's is fixed to 32 × 24");
  assert.equal(misfit(inputOf(["N", 3, 24, "W"]), 32, 4), "input size 32: the model's is fixed to 24 × W");
});
