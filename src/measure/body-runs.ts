import type { onnx } from "onnx-proto";
import { codeOf } from "../model/tensor-element.js";
import { type Constants, constantOf, constantsOf } from "./graph-constants.js";

/** A tensor that a graph or one within it can use: the code of its elements, and its shape. */
export interface TensorInScope {
  readonly elemType: number;
  readonly dims: readonly number[];
}

export type Scope = ReadonlyMap<string, TensorInScope>;

/** What a node runs, how often, and which tensors it is given. */
export interface BodyRun {
  readonly body: onnx.IGraphProto;
  readonly times: number;
  readonly given: readonly TensorInScope[];
  /** The places of the tensors that go from one turn to the next, in what is given and in the body's outputs. */
  readonly carried: readonly (readonly [input: number, output: number])[];
}

export const UNKNOWN_TIMES = "how often it runs is known only when it does";
export const UNKNOWN_SHAPES = "shapes within it are known only when it runs";
/** From this version of the operators on, a Scan has no axis of the mini-batch. */
const SCAN_WITHOUT_BATCH = 9;

/** The branches of an If that can be taken: one where a constant says which. */
export function branchRuns(node: onnx.INodeProto, constants: Constants): BodyRun[] {
  const chosen = constantOf(node.input?.[0], constants);
  const names = chosen === undefined ? ["then_branch", "else_branch"] : [chosen === 0 ? "else_branch" : "then_branch"];
  return names.flatMap((name) => bodyNamed(node, name)).map((body) => ({ body, times: 1, given: [], carried: [] }));
}

/** @returns a reason where it is not known how often the loop runs or what it is given */
export function loopRun(node: onnx.INodeProto, scope: Scope, constants: Constants): BodyRun | string {
  const [body] = bodyNamed(node, "body");
  const [count, condition, ...initial] = node.input ?? [];
  const times = constantOf(count, constants);
  if (body === undefined || times === undefined || !goesOn(body, condition, constants)) return UNKNOWN_TIMES;
  const states = initial.map((name) => scope.get(name));
  const given = [{ elemType: codeOf("int64"), dims: [] }, { elemType: codeOf("bool"), dims: [] }, ...states];
  if (!allKnown(given)) return UNKNOWN_SHAPES;
  return { body, times, given, carried: initial.map((_, place) => [place + 2, place + 1] as const) };
}

/** Whether a loop's condition can only be true. */
function goesOn(body: onnx.IGraphProto, condition: string | undefined, constants: Constants): boolean {
  if (condition && constantOf(condition, constants) !== 1) return false;
  const within = new Map([...constants, ...constantsOf(body)]);
  const first = body.input?.[1]?.name ?? "";
  const from = (name: string): string => {
    const node = (body.node ?? []).find(({ output }) => output?.includes(name));
    return node?.opType === "Identity" ? from(node.input?.[0] ?? "") : name;
  };
  const last = from(body.output?.[0]?.name ?? "");
  return last === first || constantOf(last, within) === 1;
}

/** @param operators the version of ONNX's operators that the model uses */
export function scanRun(operators: number, node: onnx.INodeProto, scope: Scope): BodyRun | string {
  const [body] = bodyNamed(node, "body");
  const slices = Number(node.attribute?.find(({ name }) => name === "num_scan_inputs")?.i ?? 0);
  const tensors = (node.input ?? []).map((name) => scope.get(name));
  if (body === undefined || operators < SCAN_WITHOUT_BATCH || !allKnown(tensors)) return UNKNOWN_SHAPES;
  const axes = node.attribute?.find(({ name }) => name === "scan_input_axes")?.ints ?? [];
  const states = tensors.slice(0, tensors.length - slices);
  const scanned = tensors.slice(states.length).map(({ elemType, dims }, place) => {
    const axis = Number(axes[place] ?? 0);
    const at = axis < 0 ? dims.length + axis : axis;
    return { times: dims[at], tensor: { elemType, dims: dims.toSpliced(at, 1) } };
  });
  const times = scanned[0]?.times;
  if (times === undefined) return UNKNOWN_SHAPES;
  const given = [...states, ...scanned.map(({ tensor }) => tensor)];
  return { body, times, given, carried: states.map((_, place) => [place, place] as const) };
}

function allKnown(tensors: readonly (TensorInScope | undefined)[]): tensors is TensorInScope[] {
  return tensors.every((tensor) => tensor !== undefined);
}

function bodyNamed({ attribute }: onnx.INodeProto, wanted: string): onnx.IGraphProto[] {
  const body = attribute?.find(({ name }) => name === wanted)?.g;
  return body ? [body] : [];
}
