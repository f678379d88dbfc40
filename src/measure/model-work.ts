import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { onnx } from "onnx-proto";
import { UserError } from "../core/user-error.js";
import { valueInfo, withFloat16, withWeightsAsInputs, withWeightsOf } from "../model/file/change-model.js";
import { productOf } from "../model/file/graph-tensors.js";
import { readModel } from "../model/file/read-model.js";
import { encodedModel, readSlimModel, type SlimModel } from "../model/file/read-slim-model.js";
import { type ModelInput, misfit, tensorDims } from "../model/model-input.js";
import { bytesOf, codeOf, isElement } from "../model/tensor-element.js";
import type { Scope, TensorInScope } from "./body-runs.js";
import { inputThatRuns } from "./input-that-runs.js";
import { multiplyAddsOf } from "./multiply-adds.js";
import { type Feed, type InferenceOutputs, loadModel } from "./runtime.js";
import { runtimeReason } from "./runtime-reason.js";
import { furtherFeeds } from "./session.js";
import { tensorArray } from "./tensor-array.js";
import { initializersOf, workWithin } from "./work-within.js";

/** What one inference of one image does at one input size. */
export interface ModelWork {
  readonly inputSizePx: number;
  /** Of convolutions and matrix products, those in branches and loops as far as it is known how often they run. */
  readonly multiplyAdds: number;
  /** All intermediate tensors together, without any reuse of memory. */
  readonly activationBytes: number;
  /** Which of the multiply-adds of branches and loops are not counted or not certain, a line each. */
  readonly notes?: readonly string[];
}

/**
 * Counts from the shapes of all tensors, which the runtime infers without the weights. Where it can't, because shapes
 * follow from values, one mini-batch of zeros is run: that is exact for any model that the runtime can run.
 *
 * @param input as its description has it. Default: what its file allows, the likeliest that runs
 * @throws UserError if the model can't be read or run at this size
 */
export async function measureModelWork(path: string, inputSizePx: number, input?: ModelInput): Promise<ModelWork> {
  const own = input ?? (await inputThatRuns(path, readModel(path).inputs));
  const refuse = (reason: string) => new UserError(`model ${path}: can't run at ${inputSizePx} px (${reason})`);
  const miniBatchSize = own.fixedMiniBatchSize ?? 1;
  const reason = misfit(own, inputSizePx, miniBatchSize);
  if (reason !== undefined) throw refuse(reason);
  const dims = tensorDims(own, inputSizePx, miniBatchSize);
  const type = own.type === "bfloat16" ? "float16" : own.type;
  const images = { type, dims, data: tensorArray(type, productOf(dims)) };
  const feeds = { ...furtherFeeds(own, miniBatchSize), [own.name]: images };
  const slim = withFloat16(readSlimModel(path));
  try {
    const asked = askedForAll(await withoutFunctions(withWeightsAsInputs(slim)), feeds);
    const tensors =
      (await inferredTensors(asked)) ?? (await runForTensors(asked, slim, feeds, dirname(realpathSync(path))));
    const bytes = tensors.reduce((sum, { type, dims }) => sum + bytesOf(type, productOf(dims)), 0);
    const known = [...inputsOf(asked.model.graph ?? {}), ...tensors];
    const shapes = new Map(known.map(({ name, dims }) => [name, dims]));
    const graph = asked.model.graph ?? {};
    const within = await workWithin(asked, graph, scopeOf(graph, tensors));
    const multiplyAdds = multiplyAddsOf(graph, shapes) + within.multiplyAdds;
    return {
      ...{ inputSizePx, multiplyAdds: multiplyAdds / miniBatchSize, activationBytes: bytes / miniBatchSize },
      ...(within.notes.length > 0 && { notes: within.notes }),
    };
  } catch (error) {
    throw refuse(runtimeReason(error));
  }
}

interface ShapedTensor {
  readonly name: string;
  readonly type?: string;
  readonly dims: readonly number[];
}

/** A model whose functions, where it has some, are replaced by what they do: the runtime does so when it loads it. */
async function withoutFunctions(slim: SlimModel): Promise<SlimModel> {
  if (slim.functions.length === 0) return slim;
  const scratch = mkdtempSync(join(tmpdir(), "batchwise-model-"));
  try {
    const savedTo = join(scratch, "inlined.onnx");
    const loaded = await loadModel(encodedModel(slim), { provider: "cpu", threads: 1, optimise: "none", savedTo });
    await loaded.close();
    return readSlimModel(savedTo);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A model with inputs of known shapes that gives all of its intermediate tensors. */
function askedForAll({ model, functions }: SlimModel, feeds: Readonly<Record<string, Feed>>): SlimModel {
  const graph = model.graph ?? {};
  const names = (graph.node ?? []).flatMap(({ output }) => output ?? []).filter((name) => name !== "");
  const input = (graph.input ?? []).map((value) => {
    const fed = feeds[value.name ?? ""];
    const elemType = value.type?.tensorType?.elemType ?? 0;
    return fed === undefined ? value : valueInfo(value.name ?? "", elemType, fed.dims);
  });
  const asked = { ...graph, input, valueInfo: [], output: names.map((name) => ({ name })) };
  return { model: { ...model, graph: asked }, functions };
}

/** @returns undefined if the runtime can't tell the shapes of all tensors without running the model */
async function inferredTensors(asked: SlimModel): Promise<ShapedTensor[] | undefined> {
  const loaded = await loadModel(encodedModel(asked), { provider: "cpu", threads: 1, optimise: "basic" });
  await loaded.close();
  const tensors = loaded.outputs.map(({ dims, ...output }) => ({
    ...output,
    dims: dims.filter((size) => typeof size === "number"),
  }));
  return tensors.every(({ dims }, index) => dims.length === loaded.outputs[index]?.dims.length) ? tensors : undefined;
}

/** Runs a model with its weights, which are read from where they lie. */
async function runForTensors(
  asked: SlimModel,
  slim: SlimModel,
  feeds: Readonly<Record<string, Feed>>,
  folder: string,
): Promise<ShapedTensor[]> {
  const model = encodedModel(withWeightsOf(asked, slim));
  const loaded = await loadModel(model, { provider: "cpu", threads: 1, optimise: "none", folder });
  const outputs: InferenceOutputs = await loaded.run(feeds);
  await loaded.close();
  return Object.entries(outputs).map(([name, { type, dims }]) => ({ name, type, dims }));
}

/** The tensors that graphs within a graph can use, too. */
function scopeOf(graph: onnx.IGraphProto, tensors: readonly ShapedTensor[]): Scope {
  const inputs = inputsOf(graph).map(({ name, dims }, place): [string, TensorInScope] => [
    name,
    { elemType: graph.input?.[place]?.type?.tensorType?.elemType ?? 0, dims },
  ]);
  const own = tensors.flatMap(({ name, type, dims }): [string, TensorInScope][] =>
    isElement(type) ? [[name, { elemType: codeOf(type), dims }]] : [],
  );
  return new Map([...inputs, ...initializersOf(graph), ...own]);
}

function inputsOf({ input }: onnx.IGraphProto): ShapedTensor[] {
  return (input ?? []).map(({ name, type }) => ({
    name: name ?? "",
    dims: (type?.tensorType?.shape?.dim ?? []).map(({ dimValue }) => Number(dimValue ?? 0)),
  }));
}
