import type { onnx } from "onnx-proto";
import { dimsOf, productOf } from "../model/file/graph-tensors.js";

/**
 * The multiply-adds of a graph's convolutions and matrix products, quantised ones as well.
 *
 * @param shapes of all tensors but the weights that the graph holds itself
 * @throws Error if a tensor has another number of channels or columns than its weights take
 */
export function multiplyAddsOf(graph: onnx.IGraphProto, shapes: ReadonlyMap<string, readonly number[]>): number {
  const weights = new Map((graph.initializer ?? []).map((tensor) => [tensor.name ?? "", dimsOf(tensor)]));
  const shapeOf = (name = "") => weights.get(name) ?? shapes.get(name) ?? [];
  return (graph.node ?? []).reduce((sum, node) => sum + multiplyAddsOfNode(node, shapeOf), 0);
}

/** The operators whose multiply-adds are counted, and the place of the second operand. */
const SECOND_OPERAND: Readonly<Record<string, number>> = {
  ...{ Conv: 1, FusedConv: 1, ConvInteger: 1, ConvTranspose: 1, MatMul: 1, MatMulInteger: 1, Gemm: 1 },
  // Quantised ones have scale and zero point of the first operand before the second one.
  ...{ QLinearConv: 3, QLinearMatMul: 3 },
};

/** The tensors whose shapes say how many multiply-adds a node does; none where none are counted of it. */
export function operandsOf({ opType, input, output }: onnx.INodeProto): string[] {
  const second = SECOND_OPERAND[opType ?? ""];
  return second === undefined ? [] : [output?.[0] ?? "", input?.[0] ?? "", input?.[second] ?? ""];
}

function multiplyAddsOfNode(node: onnx.INodeProto, shapeOf: (name?: string) => readonly number[]): number {
  const [result, first = [], second = []] = operandsOf(node).map(shapeOf);
  const out = productOf(result ?? []);
  switch (node.opType) {
    case "Conv":
    case "FusedConv":
    case "ConvInteger":
    case "QLinearConv":
      requireSame(node, "channels", first[1], (second[1] ?? Number.NaN) * (integerOf(node, "group") ?? 1));
      return out * productOf(second.slice(1));
    case "ConvTranspose":
      requireSame(node, "channels", first[1], second[0]);
      return productOf(first) * productOf(second.slice(1));
    case "MatMul":
    case "MatMulInteger":
    case "QLinearMatMul":
      requireSame(node, "columns", first.at(-1), second.at(second.length > 1 ? -2 : -1));
      return out * (first.at(-1) ?? 1);
    case "Gemm": {
      const columns = first[integerOf(node, "transA") === 1 ? 0 : 1];
      requireSame(node, "columns", columns, second[integerOf(node, "transB") === 1 ? 1 : 0]);
      return out * (columns ?? 1);
    }
    default:
      return 0;
  }
}

function integerOf({ attribute }: onnx.INodeProto, name: string): number | undefined {
  const found = attribute?.find((one) => one.name === name);
  return found === undefined ? undefined : Number(found.i);
}

/** The runtime looks at this only when it runs a model. Of a sparse weight nothing is known. */
function requireSame(node: onnx.INodeProto, what: string, has = Number.NaN, takes = Number.NaN): void {
  if (Number.isNaN(has) || Number.isNaN(takes)) return;
  if (has !== takes) throw new Error(`${node.opType} ${node.name} takes ${takes} ${what} and is given ${has}`);
}
