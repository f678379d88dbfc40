import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { basename } from "node:path";
import type { onnx } from "onnx-proto";
import { UserError } from "../core/user-error.js";
import { loadableModel, withWeightsAsInputs } from "../model/file/change-model.js";
import { dimsOf, productOf } from "../model/file/graph-tensors.js";
import { type ModelFile, readModel } from "../model/file/read-model.js";
import { encodedModel } from "../model/file/read-slim-model.js";
import type { InputChoices, ModelInput } from "../model/model-input.js";
import { elementNamed } from "../model/tensor-element.js";
import { inputThatRuns } from "./input-that-runs.js";
import { type LoadedModel, loadModel } from "./runtime.js";
import { runtimeReason } from "./runtime-reason.js";

/** What is known of a model file before any measurement. */
export interface ModelDescription {
  /** The file's, without its ending. */
  readonly name: string;
  /** What its exporter called the graph, where it did. */
  readonly graphName?: string;
  /** Of the model file and, after it, of the files of its weights in alphabetical order. */
  readonly sha256: string;
  /** Of all these files. */
  readonly bytes: number;
  /** The number of values in the graph's weights: batch norm counts as folded where the file has it folded. */
  readonly parameters: number;
  readonly nodes: number;
  readonly input: ModelInput;
}

/**
 * Describes a model without reading its weights into memory: neither those in its file nor those beside it.
 *
 * @param choices what is said of its input where the file does not; of several possible inputs, running it tells
 * @throws UserError if the file can't be read, is not an ONNX model, or takes something else than images
 */
export async function describeModel(path: string, choices: InputChoices = {}): Promise<ModelDescription> {
  const model = readModel(path, choices);
  const { graph, weightFiles } = model;
  await requireLoadable(path, model);
  const files = [model.path, ...weightFiles];
  return {
    name: basename(path).replace(/\.onnx$/i, ""),
    ...(graph.name && { graphName: graph.name }),
    sha256: await sha256Of(files),
    bytes: files.reduce((sum, file) => sum + statSync(file).size, 0),
    parameters: (graph.initializer ?? []).filter(isWeight).reduce((sum, weight) => sum + productOf(dimsOf(weight)), 0),
    nodes: graph.node?.length ?? 0,
    input: await inputThatRuns(path, model.inputs),
  };
}

/** Weights do not matter for whether the runtime knows a model's operators; some of them it wants as constants. */
async function requireLoadable(path: string, model: ModelFile): Promise<void> {
  const options = { provider: "cpu", threads: 1, optimise: "none" } as const;
  let loaded: LoadedModel;
  try {
    loaded = await loadModel(encodedModel(loadableModel(withWeightsAsInputs(model))), options).catch(() =>
      loadModel(model.path, options),
    );
  } catch (error) {
    throw new UserError(`model ${path}: ONNX Runtime can't load it (${runtimeReason(error)})`);
  }
  await loaded.close();
}

async function sha256Of(files: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files)
    for await (const piece of createReadStream(file, { highWaterMark: 2 ** 20 })) hash.update(piece);
  return hash.digest("hex");
}

/** Shapes and axes stored as initializers are integers; weights are floating point. */
function isWeight(tensor: onnx.ITensorProto): boolean {
  const element = elementNamed(tensor.dataType);
  return element !== "int64" && element !== "int32";
}
