import { writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
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
  /** Graphs within it, by the names of its attributes. */
  readonly bodies?: Readonly<Record<string, onnx.IGraphProto>>;
}

export interface SmallModel {
  /** The axes of the input `images`; null for one that says nothing. Without them it has no shape. */
  readonly shape?: readonly (string | number | null)[];
  /** Its element type; without it float32. */
  readonly element?: keyof typeof TensorProto.DataType;
  /** Inputs beside it. */
  readonly furtherInputs?: readonly onnx.IValueInfoProto[];
  readonly functions?: readonly onnx.IFunctionProto[];
  /** The files beside the model in which weights lie, by the names of the weights. */
  readonly weightFiles?: Readonly<Record<string, string>>;
  readonly nodes: readonly SmallNode[];
  /** Shapes of float32 weights by name; each value is 0.01. */
  readonly weights?: Readonly<Record<string, number[]>>;
  /** 64-bit integers by name. */
  readonly integers?: Readonly<Record<string, number[]>>;
  /** Shapes of weights of unsigned bytes by name. */
  readonly bytes?: Readonly<Record<string, number[]>>;
  readonly name?: string;
  /** Outputs with the types that they are declared with; without them that of the last node, as float32. */
  readonly outputs?: readonly onnx.IValueInfoProto[];
}

/** An output that is a tensor of some element type. */
export function tensorOutput(name: string, element: keyof typeof TensorProto.DataType): onnx.IValueInfoProto {
  return { name, type: { tensorType: { elemType: TensorProto.DataType[element] } } };
}

/** An input of some element type; without axes it is a scalar, and without a list of them it has no shape. */
export function tensorInput(
  name: string,
  element: keyof typeof TensorProto.DataType,
  shape?: readonly (string | number | null)[],
): onnx.IValueInfoProto {
  const dim = shape?.map((size) =>
    typeof size === "string" ? { dimParam: size } : size === null ? {} : { dimValue: size },
  );
  return { name, type: { tensorType: { elemType: TensorProto.DataType[element], ...(dim && { shape: { dim } }) } } };
}

/** A node as the file has it. */
export function nodeOf({
  opType,
  domain = "",
  input,
  output,
  attributes = {},
  bodies = {},
}: SmallNode): onnx.INodeProto {
  return {
    opType,
    domain,
    name: output,
    input,
    output: [output],
    attribute: [
      ...Object.entries(attributes).map(attribute),
      ...Object.entries(bodies).map(([own, g]) => ({ name: own, type: AttributeProto.AttributeType.GRAPH, g })),
    ],
  };
}

/** Writes an ONNX file with a graph that a test lays out. */
export function writeSmallModel(path: string, { shape, nodes, ...more }: SmallModel): void {
  const { weights = {}, integers = {}, name, outputs, element = "FLOAT", furtherInputs = [], functions = [] } = more;
  const { weightFiles = {}, bytes: byteWeights = {} } = more;
  const held = new Map<string, number[]>();
  const bytes = ModelProto.encode({
    irVersion: 8,
    opsetImport: [
      { domain: "", version: 17 },
      { domain: "ai.onnx.ml", version: 3 },
      { domain: "own", version: 1 },
    ],
    graph: {
      name: name ?? "",
      node: nodes.map(nodeOf),
      initializer: [
        ...Object.entries(weights).map(([own, dims]) => {
          const location = weightFiles[own];
          return location === undefined ? tensor(own, dims) : tensorBeside(own, dims, location, held);
        }),
        ...Object.entries(byteWeights).map(([own, dims]) => ({
          name: own,
          dims,
          dataType: TensorProto.DataType.UINT8,
          rawData: new Uint8Array(dims.reduce((product, size) => product * size, 1)),
        })),
        ...Object.entries(integers).map(([own, values]) => ({
          name: own,
          dims: [values.length],
          dataType: INT64,
          int64Data: values,
        })),
      ],
      input: [tensorInput("images", element, shape), ...furtherInputs],
      output: outputs === undefined ? [tensorOutput(nodes.at(-1)?.output ?? "", "FLOAT")] : [...outputs],
    },
    functions: [...functions],
  }).finish();
  writeFileSync(path, bytes);
  for (const [location, values] of held) {
    writeFileSync(resolve(dirname(path), location), Buffer.from(Float32Array.from(values).buffer));
  }
}

/** A weight whose values lie in a file, after those that it has already. */
function tensorBeside(name: string, dims: number[], location: string, held: Map<string, number[]>): onnx.ITensorProto {
  const values = held.get(location) ?? [];
  const count = dims.reduce((product, size) => product * size, 1);
  held.set(location, [...values, ...new Array<number>(count).fill(0.01)]);
  return {
    ...{ name, dims, dataType: FLOAT, dataLocation: TensorProto.DataLocation.EXTERNAL },
    externalData: [
      { key: "location", value: location },
      { key: "offset", value: String(4 * values.length) },
      { key: "length", value: String(4 * count) },
    ],
  };
}

function tensor(name: string, dims: number[]): onnx.ITensorProto {
  const count = dims.reduce((product, size) => product * size, 1);
  return { name, dims, dataType: FLOAT, floatData: new Array(count).fill(0.01) };
}

function attribute([name, value]: [string, number | number[]]): onnx.IAttributeProto {
  const { INT, INTS } = AttributeProto.AttributeType;
  return Array.isArray(value) ? { name, type: INTS, ints: value } : { name, type: INT, i: value };
}
