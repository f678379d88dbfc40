import { existsSync } from "node:fs";
import { UserError } from "../../src/core/user-error.js";
import { readPart } from "../../src/dataset/part-file.js";
import { type TrialRow, trialsTable } from "../../src/dataset/tables.js";
import {
  EFFICIENTNET_INPUT,
  EFFICIENTNET_OUTPUT,
  IMAGENET_CLASSES,
  isEfficientNetName,
} from "../../src/model/efficientnet-layers.js";
import { tensorDims } from "../../src/model/model-input.js";
import type { FunctionSource } from "../../src/plan/answer/plan-document.js";
import type { ServedModel, ServedTensor, ServedType } from "../../src/plan/answer/served-model.js";
import { parseName } from "../arguments.js";

/** What the command line says about a model that is to be served. */
export interface ServingFlags {
  readonly modelName: string;
  readonly storageUri: string;
  readonly inputName?: string;
  readonly inputType?: string;
  readonly inputDims?: string;
  readonly givenDevices?: string;
}

const TENSOR_TYPES = ["float32", "float16", "uint8"] as const;
const KINDS = ["gpu", "cpu"] as const;

/** What the flags and the datasets behind a plan's functions tell of its model and its devices. */
export async function readServedModel(flags: ServingFlags, sources: readonly FunctionSource[]): Promise<ServedModel> {
  const types = new Map<string, ServedType>();
  for (const source of sources) types.set(keyOf(source.type, source.workload), await readServedType(flags, source));
  return {
    name: flags.modelName,
    storageUri: flags.storageUri,
    typeOf: (type, workload) => {
      const known = types.get(keyOf(type, workload));
      if (known === undefined) throw new RangeError(`no source of ${type} for ${workload}`);
      return known;
    },
  };
}

function keyOf(type: string, workload: string): string {
  return JSON.stringify([type, workload]);
}

async function readServedType(flags: ServingFlags, source: FunctionSource): Promise<ServedType> {
  const tensors = withFlags(flags, await tensorsOf(source));
  const { provider, threads, concurrent = 1 } = source;
  if (provider === undefined) return { ...kindOfGiven(flags), ...tensors };
  return {
    kind: provider === "cpu" ? "cpu" : "gpu",
    provider,
    ...(threads !== undefined && { threads }),
    ...(provider !== "cpu" && concurrent > 1 && { perGpu: concurrent }),
    ...tensors,
    peakMemoryMib: peakMemoryOf(source),
  };
}

function kindOfGiven({ givenDevices }: ServingFlags): Pick<ServedType, "kind" | "kindNote"> {
  if (givenDevices !== undefined) return { kind: parseName("--given-devices", KINDS, givenDevices) };
  return { kind: "gpu", kindNote: "Taken for a GPU: its functions were given (else --given-devices cpu)." };
}

type Tensors = Pick<ServedType, "input" | "output" | "fixedMiniBatchSize">;

/** What is known of a measured model: all of a built-in one, the input of a file that is still the measured one. */
async function tensorsOf({ model, model_sha256, input_size_px: size }: FunctionSource): Promise<Tensors> {
  if (model === undefined || size === undefined) return {};
  if (isEfficientNetName(model)) {
    return {
      input: { name: EFFICIENTNET_INPUT, type: "float32", dims: [3, size, size] },
      output: { name: EFFICIENTNET_OUTPUT, type: "float32", dims: [IMAGENET_CLASSES] },
    };
  }
  if (!existsSync(model)) return {};
  const { describeModel } = await import("../../src/measure/describe-model.js"); // it brings ONNX Runtime
  const { sha256, input } = await describeModel(model);
  if (sha256 !== model_sha256) return {};
  const { name, type, fixedMiniBatchSize } = input;
  const dims = tensorDims(input, size, 1).slice(1);
  return { input: { name, type, dims }, ...(fixedMiniBatchSize !== undefined && { fixedMiniBatchSize }) };
}

function withFlags({ inputName, inputType, inputDims }: ServingFlags, known: Tensors): Tensors {
  const dims = inputDims === undefined ? known.input?.dims : parseDims(inputDims);
  if (dims === undefined) return known;
  const { name = EFFICIENTNET_INPUT, type = "float32" } = known.input ?? {};
  const input: ServedTensor = {
    name: inputName ?? name,
    type: inputType === undefined ? type : parseName("--input-type", TENSOR_TYPES, inputType),
    dims,
  };
  return { ...known, input };
}

function parseDims(text: string): number[] {
  if (!/^[1-9]\d{0,8}(x[1-9]\d{0,8})*$/.test(text)) {
    throw new UserError(`--input-dims ${JSON.stringify(text)}: allowed are sizes like 3x224x224`);
  }
  return text.split("x").map(Number);
}

/**
 * The most memory that a trial of the planned mini-batch size took, or of the next larger one that was measured; memory
 * grows with both sizes.
 *
 * @returns a function that knows nothing where the memory that counts is the device's own
 */
function peakMemoryOf(source: FunctionSource): (miniBatchSize: number) => number | undefined {
  const { dataset, input_size_px: size = 0 } = source;
  if (dataset === undefined) return () => undefined;
  const own = readPart(dataset, trialsTable).filter((trial) => trial.status === "ok" && isOf(trial, source));
  if (own.some(({ devicePeakMemoryMib }) => devicePeakMemoryMib !== undefined)) return () => undefined;
  return (miniBatchSize) => {
    const enough = own.filter((trial) => trial.inputSizePx >= size && trial.miniBatchSize >= miniBatchSize);
    const nextSize = Math.min(...enough.map(({ inputSizePx }) => inputSizePx));
    const ofSize = enough.filter(({ inputSizePx }) => inputSizePx === nextSize);
    const nextBatch = Math.min(...ofSize.map((trial) => trial.miniBatchSize));
    const peaks = ofSize.flatMap((trial) => (trial.miniBatchSize === nextBatch ? (trial.peakMemoryMib ?? []) : []));
    return peaks.length === 0 ? undefined : Math.max(...peaks);
  };
}

function isOf(trial: TrialRow, { provider, threads, concurrent }: FunctionSource): boolean {
  return trial.provider === provider && trial.threads === threads && trial.concurrent === concurrent;
}
