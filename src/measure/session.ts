import ort from "onnxruntime-node";
import { requireProc } from "../core/require-proc.js";
import { UserError } from "../core/user-error.js";
import type { ExecutionProvider } from "../design/design.js";
import { type ModelInput, modelInputFrom } from "../model/model-input.js";
import type { ImageTensor } from "./images.js";

// From 1.30 on the runtime tells its maker of each session, over the network and through files in the folder for
// temporary files, which it leaves there. Nobody asked for that, and it takes time beside what is measured.
process.env.ORT_DISABLE_TELEMETRY ??= "1";

/** A loaded model that runs one mini-batch at a time. Owned by one trial, which closes it. */
export interface Session {
  readonly input: ModelInput;
  /** Runs one inference and waits until its outputs are in host memory. */
  run(tensor: ImageTensor): Promise<InferenceOutputs>;
  close(): Promise<void>;
}

/** Output tensors by name, with their shapes. Values of types other than 64-bit integers are numbers. */
export type InferenceOutputs = Readonly<
  Record<string, { readonly dims: readonly number[]; readonly data: ArrayLike<unknown> }>
>;

export interface SessionOptions {
  readonly provider: ExecutionProvider;
  /** Threads of one operator (ONNX Runtime's intra-op pool). */
  readonly threads: number;
  /** Off, so that every node's output can be asked for. Default: all optimisations, ONNX Runtime's own default. */
  readonly optimise?: boolean;
}

/**
 * Creates a session from a model file or its bytes; this is the `load` of a trial.
 *
 * @throws UserError if the model can't be read or its input is not an image batch, or where there is no /proc
 */
export async function openSession(model: string | Uint8Array, options: SessionOptions): Promise<Session> {
  requireProc();
  const sessionOptions: ort.InferenceSession.SessionOptions = {
    executionProviders: [options.provider],
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: options.optimise === false ? "disabled" : "all",
    logSeverityLevel: 3,
  };
  const session = await (typeof model === "string"
    ? ort.InferenceSession.create(model, sessionOptions)
    : ort.InferenceSession.create(model, sessionOptions));
  const input = modelInputFrom(session.inputMetadata);
  return {
    input,
    async run(tensor) {
      const feed = new ort.Tensor(tensor.type, tensor.data as Float32Array, tensor.dims);
      return session.run({ [input.name]: feed });
    },
    close: () => session.release(),
  };
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

/** @throws UserError if this installation of ONNX Runtime lacks the provider */
export function requireProvider(provider: ExecutionProvider): void {
  const { providers } = runtimeDescription();
  if (!providers.includes(provider)) {
    throw new UserError(
      `execution provider ${provider}: not in this installation of ONNX Runtime, available are ${providers.join(", ")}`,
    );
  }
}
