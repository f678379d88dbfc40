import { realpathSync } from "node:fs";
import { dirname } from "node:path";
import { onceForEach } from "../core/once-for-each.js";
import { requireProc } from "../core/require-proc.js";
import { UserError } from "../core/user-error.js";
import type { ExecutionProvider } from "../design/design.js";
import { castName, loadableModel } from "../model/file/change-model.js";
import { productOf } from "../model/file/graph-tensors.js";
import { readModel } from "../model/file/read-model.js";
import { encodedModel, readSlimModel } from "../model/file/read-slim-model.js";
import type { ModelInput } from "../model/model-input.js";
import type { ImageTensor } from "./images.js";
import { type Feed, type InferenceOutputs, loadModel } from "./runtime.js";
import { tensorArray } from "./tensor-array.js";

/** A loaded model that runs one mini-batch at a time. Owned by one trial, which closes it. */
export interface Session {
  readonly input: ModelInput;
  /** Runs one inference and waits until its outputs are in host memory; sequences and maps are left out. */
  run(tensor: ImageTensor): Promise<InferenceOutputs>;
  close(): Promise<void>;
}

export interface SessionOptions {
  readonly provider: ExecutionProvider;
  /** Threads of one operator (ONNX Runtime's intra-op pool). */
  readonly threads: number;
  /** The image batch that the model takes. Default: the likeliest one that its file allows. */
  readonly input?: ModelInput;
}

/**
 * Creates a session from a model file; this is the `load` of a trial.
 *
 * @throws UserError if the model can't be read, its input is not an image batch or none of its outputs is a tensor, or
 *   where there is no /proc
 */
export async function openSession(path: string, { provider, threads, input }: SessionOptions): Promise<Session> {
  requireProc();
  const own = input ?? likeliestInput(path);
  const file = realpathSync(path);
  const model = own.needsChange ? encodedModel(loadableModel(readSlimModel(file))) : file;
  const loaded = await loadModel(model, { provider, threads, ...(own.needsChange && { folder: dirname(file) }) });
  if (loaded.outputs.every(({ type }) => type === undefined)) {
    const names = loaded.outputs.map(({ name }) => name).join(", ");
    throw new UserError(`model: none of its outputs is a tensor (${names}), required is one`);
  }
  const further = onceForEach((miniBatchSize: number) => furtherFeeds(own, miniBatchSize));
  return {
    input: own,
    run: ({ type, data, dims }) => {
      const [name, given] = type === "bfloat16" ? [castName(own.name), "float32"] : [own.name, type];
      return loaded.run({ ...further(own.fixedMiniBatchSize ?? dims[0] ?? 1), [name]: { type: given, data, dims } });
    },
    close: loaded.close,
  };
}

function likeliestInput(path: string): ModelInput {
  const [input] = readModel(path).inputs;
  if (input === undefined) throw new RangeError(`model ${path} has no input`);
  return input;
}

/** What the inputs beside the images are given, their values repeated to fill them. */
export function furtherFeeds({ further = [] }: ModelInput, miniBatchSize: number): Record<string, Feed> {
  const feeds = further.map(({ name, type, dims: axes, values }): [string, Feed] => {
    const batchAxis = axes.indexOf(null);
    const dims = axes.map((axis, index) => axis ?? (index === batchAxis ? miniBatchSize : 1));
    const all = Array.from({ length: productOf(dims) }, (_, index) => values[index % values.length] ?? 0);
    return [name, { type, data: tensorArray(type, all), dims }];
  });
  return Object.fromEntries(feeds);
}
