import type { onnx } from "onnx-proto";

/** All tensors that a graph holds: its weights, and those in the attributes of its nodes and of the graphs in them. */
export function tensorsOf(graph: onnx.IGraphProto): onnx.ITensorProto[] {
  const ofNodes = (graph.node ?? []).flatMap(({ attribute }) =>
    (attribute ?? []).flatMap(({ t, tensors, g, graphs }) => [
      ...(t ? [t] : []),
      ...(tensors ?? []),
      ...[...(g ? [g] : []), ...(graphs ?? [])].flatMap(tensorsOf),
    ]),
  );
  return [...(graph.initializer ?? []), ...ofNodes];
}

export function dimsOf({ dims }: onnx.ITensorProto): number[] {
  return (dims ?? []).map(Number);
}

export function productOf(values: readonly number[]): number {
  return values.reduce((result, value) => result * value, 1);
}
