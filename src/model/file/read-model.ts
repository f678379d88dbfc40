import { realpathSync } from "node:fs";
import type { onnx } from "onnx-proto";
import { plainLine } from "../../core/plain-line.js";
import { UserError } from "../../core/user-error.js";
import { type InputChoices, type ModelInput, possibleInputs } from "../model-input.js";
import { readSlimModel, type SlimModel } from "./read-slim-model.js";
import { weightFilesOf } from "./weight-files.js";

/** What a model file says, its weights left where they are. */
export interface ModelFile extends SlimModel {
  /** Without links, so that what lies beside it is found. */
  readonly path: string;
  readonly graph: onnx.IGraphProto;
  readonly weightFiles: readonly string[];
  /** The image batches that its input can be, the likeliest first. */
  readonly inputs: readonly ModelInput[];
}

/**
 * Reads what a model file says, without its weights.
 *
 * @throws UserError if it can't be read, is no ONNX model, lacks weights or takes something else than images
 */
export function readModel(path: string, choices: InputChoices = {}): ModelFile {
  const slim = readSlimModel(path);
  const graph = slim.model.graph ?? {};
  try {
    const weightFiles = weightFilesOf(path, slim);
    return { ...slim, graph, weightFiles, path: realpathSync(path), inputs: possibleInputs(graph, choices) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // Names in a file may be anything.
    throw new UserError(`model ${path}: ${plainLine(error.message).replace(/^model: /, "")}`);
  }
}
