import ort from "onnxruntime-node";
import { LEAST_TO_MEASURE_MIB, requireAddressSpace } from "../core/require-address-space.js";
import { requireProc } from "../core/require-proc.js";
import { UserError } from "../core/user-error.js";
import type { ExecutionProvider } from "../design/design.js";
import { processesLeft } from "../hardware/kernel/processes-left.js";
import type { TensorArray } from "./tensor-array.js";

// From 1.30 on the runtime tells its maker of each session, over the network and through files in the folder for
// temporary files, which it leaves there. Nobody asked for that, and it takes time beside what is measured.
process.env.ORT_DISABLE_TELEMETRY ??= "1";

/** What a model is given: element type, values and shape of a tensor. `float16` values are their bit patterns. */
export interface Feed {
  readonly type: string;
  readonly data: TensorArray;
  readonly dims: readonly number[];
}

/**
 * Output tensors by name, with their element types and shapes. 64-bit integers are bigints, texts are strings, and
 * `float16` values are their bit patterns where the runtime of JavaScript has no such numbers.
 */
export type InferenceOutputs = Readonly<
  Record<string, { readonly type: string; readonly dims: readonly number[]; readonly data: ArrayLike<unknown> }>
>;

/** A model that ONNX Runtime has loaded. */
export interface LoadedModel {
  /** Its outputs; a sequence or a map has no type. An axis is a number where it is known. */
  readonly outputs: readonly {
    readonly name: string;
    readonly type?: string;
    readonly dims: readonly (number | string)[];
  }[];
  /** Runs it for the tensors among its outputs. */
  run(feeds: Readonly<Record<string, Feed>>): Promise<InferenceOutputs>;
  close(): Promise<void>;
}

export interface LoadOptions {
  readonly provider: ExecutionProvider;
  /** Threads of one operator (ONNX Runtime's intra-op pool). */
  readonly threads: number;
  /** Where the weights lie of a model that is given as bytes. */
  readonly folder?: string;
  /** ONNX Runtime's own default is all; with none every node stays as it is in the file. */
  readonly optimise?: "none" | "basic" | "all";
  /** A file to write the model to as it is run. */
  readonly savedTo?: string;
}

/** Loads a model from its file or its bytes. */
export async function loadModel(model: string | Uint8Array, options: LoadOptions): Promise<LoadedModel> {
  const { provider, threads, folder, optimise = "all", savedTo } = options;
  const sessionOptions: ort.InferenceSession.SessionOptions = {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: optimise === "none" ? "disabled" : optimise,
    logSeverityLevel: 3,
    ...(savedTo !== undefined && { optimizedModelFilePath: savedTo }),
    ...(folder !== undefined && { extra: { session: { model_external_initializers_file_folder_path: folder } } }),
  };
  const session = await (typeof model === "string"
    ? ort.InferenceSession.create(model, sessionOptions)
    : ort.InferenceSession.create(model, sessionOptions));
  const outputs = session.outputMetadata.map((output) =>
    output.isTensor ? { name: output.name, type: output.type, dims: output.shape } : { name: output.name, dims: [] },
  );
  const tensors = outputs.flatMap(({ name, type }) => (type === undefined ? [] : [name]));
  return {
    outputs,
    run: async (feeds) =>
      session.run(Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, tensorOf(feed)])), tensors),
    close: () => session.release(),
  };
}

/** Where JavaScript has half-precision numbers, ONNX Runtime 1.30 makes tensors of them that it can't read itself. */
function tensorOf({ type, data, dims }: Feed): ort.Tensor {
  if (type === "float16") return { type, data, dims, location: "cpu" } as unknown as ort.Tensor;
  return new ort.Tensor(type as "float32", data as Float32Array, dims);
}

/**
 * The version of ONNX Runtime and the execution providers that this installation can use.
 *
 * @example
 * runtimeDescription(); // { version: "1.30.0", providers: ["cpu", "webgpu"] }
 */
export function runtimeDescription(): { version: string; providers: string[] } {
  return {
    version: ort.env.versions.node ?? ort.env.versions.common,
    providers: ort.listSupportedBackends().map((backend) => backend.name),
  };
}

/**
 * @throws UserError if this installation of ONNX Runtime lacks the provider, where there is no /proc, or too little
 *   address space or too few processes
 */
export function requireProvider(provider: ExecutionProvider): void {
  requireProc();
  requireAddressSpace(LEAST_TO_MEASURE_MIB);
  requireProcesses();
  const { providers } = runtimeDescription();
  if (!providers.includes(provider)) {
    throw new UserError(
      `execution provider ${provider}: not in this installation of ONNX Runtime, available are ${providers.join(", ")}`,
    );
  }
}

/** What trial, sampler and companion start, each with the threads of Node.js and of the runtime. */
const LEAST_PROCESSES = 40;

function requireProcesses(): void {
  const left = processesLeft();
  if (left >= LEAST_PROCESSES) return;
  throw new UserError(
    `processes: ${left} more may be started (ulimit -u, pids.max), at least ${LEAST_PROCESSES} are needed, threads among them`,
  );
}
