import { writeFileSync } from "node:fs";
import onnxProto, { type onnx } from "onnx-proto";

const { ModelProto, TensorProto, AttributeProto } = onnxProto.onnx;
const { FLOAT, INT64 } = TensorProto.DataType;

interface SmallNode {
  readonly opType: string;
  readonly input: string[];
  readonly output: string;
  /** Whole numbers, or lists of them, by name. */
  readonly attributes?: Readonly<Record<string, number | number[]>>;
}

export interface SmallModel {
  /** The axes of the one float32 input, `images`. */
  readonly shape: readonly (string | number)[];
  readonly nodes: readonly SmallNode[];
  /** Shapes of float32 weights by name; each value is 0.01. */
  readonly weights?: Readonly<Record<string, number[]>>;
  /** 64-bit integers by name. */
  readonly integers?: Readonly<Record<string, number[]>>;
  readonly name?: string;
}

/** Writes an ONNX file with a graph that a test lays out; its output is that of the last node. */
export function writeSmallModel(path: string, { shape, nodes, weights = {}, integers = {}, name }: SmallModel): void {
  const dim = shape.map((size) => (typeof size === "string" ? { dimParam: size } : { dimValue: size }));
  const output = nodes.at(-1)?.output ?? "";
  const bytes = ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: "", version: 17 }],
    graph: {
      name: name ?? "",
      node: nodes.map(({ opType, input, output: own, attributes = {} }) => ({
        opType,
        name: own,
        input,
        output: [own],
        attribute: Object.entries(attributes).map(attribute),
      })),
      initializer: [
        ...Object.entries(weights).map(([own, dims]) => tensor(own, dims)),
        ...Object.entries(integers).map(([own, values]) => ({
          name: own,
          dims: [values.length],
          dataType: INT64,
          int64Data: values,
        })),
      ],
      input: [{ name: "images", type: { tensorType: { elemType: FLOAT, shape: { dim } } } }],
      output: [{ name: output, type: { tensorType: { elemType: FLOAT } } }],
    },
  }).finish();
  writeFileSync(path, bytes);
}

function tensor(name: string, dims: number[]): onnx.ITensorProto {
  const count = dims.reduce((product, size) => product * size, 1);
  return { name, dims, dataType: FLOAT, floatData: new Array(count).fill(0.01) };
}

function attribute([name, value]: [string, number | number[]]): onnx.IAttributeProto {
  const { INT, INTS } = AttributeProto.AttributeType;
  return Array.isArray(value) ? { name, type: INTS, ints: value } : { name, type: INT, i: value };
}
