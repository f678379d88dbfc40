import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import onnxProto, { type onnx } from "onnx-proto";
import { measureModelWork } from "../../src/measure/model-work.js";
import { nodeOf, type SmallModel, tensorInput, tensorOutput, writeSmallModel } from "./small-model.js";

const { DataType } = onnxProto.onnx.TensorProto;
const folder = mkdtempSync(join(tmpdir(), "batchwise-within-"));
after(() => rmSync(folder, { recursive: true }));

type SmallNode = SmallModel["nodes"][number];

/** A graph within a node; without shapes of its inputs and outputs, which follow from what it is given. */
function body(nodes: readonly SmallNode[], outputs: readonly string[], inputs: readonly string[] = []) {
  const element = (name: string) => (name.startsWith("go") ? "BOOL" : name === "turn" ? "INT64" : "FLOAT");
  return {
    name: "body",
    node: nodes.map(nodeOf),
    input: inputs.map((name) => tensorInput(name, element(name))),
    output: outputs.map((name) => tensorOutput(name, element(name))),
  };
}

/** Keeps the size of what it is given: 3 × 27 multiply-adds a pixel. */
const WIDE: Omit<SmallNode, "input" | "output"> = { opType: "Conv", attributes: { pads: [1, 1, 1, 1] } };
const OF_WIDE = 8 * 8 * 3 * 27;
/** 3 × 3 multiply-adds a pixel. */
const NARROW: Omit<SmallNode, "input" | "output"> = { opType: "Conv" };
const OF_NARROW = 8 * 8 * 3 * 3;
const TRUE: SmallNode = { opType: "Cast", input: ["one"], output: "true", attributes: { to: DataType.BOOL } };
/** True or false by the values of the images. */
const BY_VALUES: readonly SmallNode[] = [
  { opType: "ReduceMean", input: ["images"], output: "mean", attributes: { keepdims: 0 } },
  { opType: "Cast", input: ["mean"], output: "bright", attributes: { to: DataType.BOOL } },
];

/** A loop whose turns have a convolution of 3 × 3 each; what goes on is called `x`. */
function loop(count: string, goesOn: SmallNode, more: readonly SmallNode[] = []): SmallNode {
  const turn = body(
    [{ ...WIDE, input: ["x", "w"], output: "y" }, goesOn, ...more],
    ["go_on", more.at(-1)?.output ?? "y"],
    ["turn", "go", "x"],
  );
  return { opType: "Loop", input: [count, "true", "images"], output: "z", bodies: { body: turn } };
}
const ALWAYS: SmallNode = { opType: "Identity", input: ["go"], output: "go_on" };

function choice(condition: string, then: onnx.IGraphProto, otherwise: onnx.IGraphProto): SmallNode {
  return {
    ...{ opType: "If", input: [condition], output: "z" },
    bodies: { then_branch: then, else_branch: otherwise },
  };
}
const wide = body([{ ...WIDE, input: ["images", "w"], output: "a" }], ["a"]);
const narrow = body([{ ...NARROW, input: ["images", "v"], output: "b" }], ["b"]);
const nothing = body([{ opType: "Identity", input: ["images"], output: "b" }], ["b"]);

const KINDS: [what: string, nodes: readonly SmallNode[], multiplyAdds: number, notes: readonly string[]][] = [
  ["a loop of five turns", [TRUE, loop("five", ALWAYS)], 5 * OF_WIDE, []],
  [
    "a loop of as many turns as a value says",
    [
      TRUE,
      { opType: "Shape", input: ["images"], output: "axes" },
      { opType: "ReduceMax", input: ["axes"], output: "largest" },
      loop("largest", ALWAYS),
    ],
    0,
    ["Loop z: its multiply-adds are not counted, how often it runs is known only when it does"],
  ],
  [
    "a loop that ends when a value says so",
    [TRUE, ...BY_VALUES, loop("five", { opType: "Identity", input: ["bright"], output: "go_on" })],
    0,
    ["Loop z: its multiply-adds are not counted, how often it runs is known only when it does"],
  ],
  [
    "a loop whose tensor grows",
    [TRUE, loop("five", ALWAYS, [{ opType: "Concat", input: ["x", "y"], output: "longer", attributes: { axis: 2 } }])],
    0,
    ["Loop z: its multiply-adds are not counted, shapes within it are known only when it runs"],
  ],
  ["branches that a constant chooses from", [TRUE, choice("true", narrow, wide)], OF_NARROW, []],
  [
    "branches of unlike work",
    [...BY_VALUES, choice("bright", narrow, wide)],
    OF_WIDE,
    ["If z: its branches differ, the larger one is counted"],
  ],
  ["branches of like work", [...BY_VALUES, choice("bright", wide, wide)], OF_WIDE, []],
  [
    "a branch in a loop",
    [
      TRUE,
      ...BY_VALUES,
      {
        ...{ opType: "Loop", input: ["five", "true", "images"], output: "z" },
        bodies: {
          body: body(
            [ALWAYS, { ...choice("bright", narrow, nothing), output: "y" }],
            ["go_on", "y"],
            ["turn", "go", "x"],
          ),
        },
      },
    ],
    5 * OF_NARROW,
    ["If y: its branches differ, the larger one is counted"],
  ],
  [
    "a scan of the rows",
    [
      {
        ...{ opType: "Scan", input: ["images"], output: "z" },
        attributes: { num_scan_inputs: 1, scan_input_axes: [2] },
        bodies: { body: body([{ opType: "Conv", input: ["row", "r"], output: "y" }], ["y"], ["row"]) },
      },
    ],
    8 * (6 * 4 * 9),
    [],
  ],
];

for (const [index, [what, nodes, multiplyAdds, notes]] of KINDS.entries()) {
  test(`the multiply-adds of ${what} are counted, or it is said that they are not`, async () => {
    const path = join(folder, `${index}.onnx`);
    writeSmallModel(path, {
      shape: ["N", 3, 8, 8],
      nodes,
      weights: { w: [3, 3, 3, 3], v: [3, 3, 1, 1], r: [4, 3, 3] },
      integers: { five: [5], one: [1] },
    });
    const work = await measureModelWork(path, 8);
    assert.deepEqual([work.multiplyAdds, work.notes ?? []], [multiplyAdds, notes]);
  });
}
