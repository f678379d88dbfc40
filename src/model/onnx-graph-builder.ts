import onnxProto, { type onnx } from "onnx-proto";
import { unmixedRandom } from "../core/seeded-random.js";

const { AttributeProto, TensorProto } = onnxProto.onnx;

/** Share of a depthwise kernel's variance that sits in its centre: at 32 px the last maps are 1 × 1 and see only it. */
const DEPTHWISE_CENTRE_SHARE = 0.6;

/** Collects nodes and seeded weights; each tensor has a random stream of its own, named after it. */
export class GraphBuilder {
  readonly nodes: onnx.INodeProto[] = [];
  readonly initializers: onnx.ITensorProto[] = [];

  constructor(private readonly seed: number) {}

  node(
    opType: string,
    name: string,
    input: string[],
    attribute: onnx.IAttributeProto[] = [],
    output = `${name}:out`,
  ): string {
    this.nodes.push({ opType, name, input, output: [output], attribute });
    return output;
  }

  weights(name: string, dims: number[], deviation: number): string {
    const random = unmixedRandom(this.seed, name);
    const count = dims.reduce((product, dim) => product * dim, 1);
    return this.tensor(
      name,
      dims,
      Float32Array.from({ length: count }, () => random.normal() * deviation),
    );
  }

  /** (channels, 1, kernel, kernel) whose variances add up to the given one, with most of it in the centre. */
  depthwiseWeights(name: string, channels: number, kernel: number, variance: number): string {
    const random = unmixedRandom(this.seed, name);
    const taps = kernel * kernel;
    const centre = (taps - 1) / 2;
    const centreDeviation = Math.sqrt(variance * DEPTHWISE_CENTRE_SHARE);
    const outerDeviation = Math.sqrt((variance * (1 - DEPTHWISE_CENTRE_SHARE)) / (taps - 1));
    const values = Float32Array.from(
      { length: channels * taps },
      (_, index) => random.normal() * (index % taps === centre ? centreDeviation : outerDeviation),
    );
    return this.tensor(name, [channels, 1, kernel, kernel], values);
  }

  private tensor(name: string, dims: number[], values: Float32Array): string {
    const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.initializers.push({ name, dims, dataType: TensorProto.DataType.FLOAT, rawData });
    return name;
  }
}

/** An attribute that is a list of whole numbers. */
export function integers(name: string, values: number[]): onnx.IAttributeProto {
  return { name, type: AttributeProto.AttributeType.INTS, ints: values };
}

/** An attribute that is a whole number. */
export function integer(name: string, value: number): onnx.IAttributeProto {
  return { name, type: AttributeProto.AttributeType.INT, i: value };
}

/** An input or output of float32; dimensions with a name may be of any size. */
export function valueInfo(name: string, dims: (string | number)[]): onnx.IValueInfoProto {
  const dim = dims.map((size) => (typeof size === "string" ? { dimParam: size } : { dimValue: size }));
  return { name, type: { tensorType: { elemType: TensorProto.DataType.FLOAT, shape: { dim } } } };
}
