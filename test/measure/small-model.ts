import { writeFileSync } from "node:fs";
import onnxProto, { type onnx } from "onnx-proto";

const { ModelProto, TensorProto, AttributeProto } = onnxProto.onnx;
const { FLOAT, INT64 } = TensorProto.DataType;

interface SmallNode {
  readonly opType: string;
  /** Of the operator; without it ONNX's own. */
  readonly domain?: string;
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
  /** Outputs with the types that they are declared with; without them that of the last node, as float32. */
  readonly outputs?: readonly onnx.IValueInfoProto[];
}

/** An output that is a tensor of some element type. */
export function tensorOutput(name: string, element: keyof typeof TensorProto.DataType): onnx.IValueInfoProto {
  return { name, type: { tensorType: { elemType: TensorProto.DataType[element] } } };
}

/** Writes an ONNX file with a graph that a test lays out. */
export function writeSmallModel(path: string, { shape, nodes, ...more }: SmallModel): void {
  const { weights = {}, integers = {}, name, outputs } = more;
  const dim = shape.map((size) => (typeof size === "string" ? { dimParam: size } : { dimValue: size }));
  const bytes = ModelProto.encode({
    irVersion: 8,
    opsetImport: [
      { domain: "", version: 17 },
      { domain: "ai.onnx.ml", version: 3 },
    ],
    graph: {
      name: name ?? "",
      node: nodes.map(({ opType, domain = "", input, output: own, attributes = {} }) => ({
        opType,
        domain,
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
      output: outputs === undefined ? [tensorOutput(nodes.at(-1)?.output ?? "", "FLOAT")] : [...outputs],
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
