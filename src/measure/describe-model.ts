import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import onnxProto, { type onnx } from "onnx-proto";
import { reasonOf } from "../core/reason-of.js";
import { UserError } from "../core/user-error.js";
import { type ModelInput, tensorDims } from "../model/model-input.js";
import { runtimeReason } from "./runtime-reason.js";
import { openSession } from "./session.js";

const { ModelProto, TensorProto } = onnxProto.onnx;

/** What is known of a model file before any measurement. */
export interface ModelDescription {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  /** The number of values in the graph's weights: batch norm counts as folded where the file has it folded. */
  readonly parameters: number;
  readonly nodes: number;
  readonly input: ModelInput;
}

/** What one inference of one image does at one input size. */
export interface ModelWork {
  readonly inputSizePx: number;
  /** Of convolutions and matrix products. */
  readonly multiplyAdds: number;
  /** All intermediate tensors together, without any reuse of memory. */
  readonly activationBytes: number;
}

/** @throws UserError if the file can't be read, is not an ONNX model, or takes something else than images */
export async function describeModel(path: string): Promise<ModelDescription> {
  const contents = readModelFile(path);
  const graph = decodeModel(path, contents).graph;
  const session = await openModel(path);
  await session.close();
  return {
    name: graph?.name || basename(path, ".onnx"),
    sha256: createHash("sha256").update(contents).digest("hex"),
    bytes: contents.length,
    parameters: (graph?.initializer ?? []).filter(isWeight).reduce((sum, tensor) => sum + elementsOf(tensor), 0),
    nodes: graph?.node?.length ?? 0,
    input: session.input,
  };
}

/**
 * Runs one image with every intermediate tensor as an output and reads the shapes off: exact for any model that the
 * runtime can run, whatever its operators.
 *
 * @throws UserError if the model can't be read or run at this size
 */
export async function measureModelWork(path: string, inputSizePx: number): Promise<ModelWork> {
  const model = decodeModel(path, readModelFile(path));
  const graph = model.graph ?? {};
  const graphOutputs = new Set(graph.output?.map(({ name }) => name));
  const intermediates = (graph.node ?? [])
    .flatMap((node) => node.output ?? [])
    .filter((name) => name !== "" && !graphOutputs.has(name));
  graph.output = [...(graph.output ?? []), ...intermediates.map((name) => ({ name }))];
  try {
    const session = await openSession(ModelProto.encode(model).finish(), {
      provider: "cpu",
      threads: 1,
      optimise: false,
    });
    const { input } = session;
    const dims = tensorDims(input, inputSizePx, input.fixedMiniBatchSize ?? 1);
    const outputs = await session.run({ type: input.type, dims, data: zeros(input, product(dims)) });
    await session.close();
    const shapes = new Map(Object.entries(outputs).map(([name, { dims }]) => [name, dims]));
    const bytes = Object.values(outputs).reduce(
      (sum, { data }) => sum + ("byteLength" in data ? Number(data.byteLength) : 0),
      0,
    );
    const images = dims[0] ?? 1;
    return {
      inputSizePx,
      multiplyAdds: multiplyAddsOf(graph, shapes) / images,
      activationBytes: bytes / images,
    };
  } catch (error) {
    throw new UserError(`model ${path}: can't run at ${inputSizePx} px (${runtimeReason(error)})`);
  }
}

function multiplyAddsOf(graph: onnx.IGraphProto, shapes: ReadonlyMap<string, readonly number[]>): number {
  const weights = new Map((graph.initializer ?? []).map((tensor) => [tensor.name ?? "", dimsOf(tensor)]));
  const shapeOf = (name = "") => weights.get(name) ?? shapes.get(name) ?? [];
  return (graph.node ?? []).reduce((sum, node) => {
    const out = product(shapeOf(node.output?.[0]));
    const [, second] = node.input ?? [];
    switch (node.opType) {
      case "Conv":
      case "FusedConv":
        return sum + out * product(shapeOf(second).slice(1));
      case "MatMul":
        return sum + out * (shapeOf(second).at(-2) ?? 1);
      case "Gemm": {
        const transposed = node.attribute?.some(({ name, i }) => name === "transB" && Number(i) === 1);
        return sum + out * (shapeOf(second)[transposed ? 1 : 0] ?? 1);
      }
      default:
        return sum;
    }
  }, 0);
}

function readModelFile(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UserError(`model ${path}: ${reasonOf(error)}`);
  }
}

function decodeModel(path: string, contents: Uint8Array): onnx.ModelProto {
  try {
    const model = ModelProto.decode(contents);
    if ((model.graph?.node?.length ?? 0) > 0) return model;
  } catch {
    // Said below, in the same words as for a file that decodes to nothing.
  }
  throw new UserError(`model ${path}: not an ONNX model`);
}

async function openModel(path: string) {
  try {
    return await openSession(path, { provider: "cpu", threads: 1 });
  } catch (error) {
    if (error instanceof UserError) throw new UserError(error.message.replace(/^model:/, `model ${path}:`));
    throw new UserError(`model ${path}: ONNX Runtime can't load it (${runtimeReason(error)})`);
  }
}

function zeros(input: ModelInput, length: number): Float32Array | Uint16Array | Uint8Array {
  if (input.type === "float32") return new Float32Array(length);
  return input.type === "float16" ? new Uint16Array(length) : new Uint8Array(length);
}

/** Shapes and axes stored as initializers are integers; weights are floating point. */
function isWeight(tensor: onnx.ITensorProto): boolean {
  const { INT64, INT32 } = TensorProto.DataType;
  return tensor.dataType !== INT64 && tensor.dataType !== INT32;
}

function dimsOf(tensor: onnx.ITensorProto): number[] {
  return (tensor.dims ?? []).map(Number);
}

function elementsOf(tensor: onnx.ITensorProto): number {
  return product(dimsOf(tensor));
}

function product(values: readonly number[]): number {
  return values.reduce((result, value) => result * value, 1);
}
