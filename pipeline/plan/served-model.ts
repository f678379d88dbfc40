import { UserError } from "../../src/core/user-error.js";
import { measuredTensors, peakMemoryOf, type ServedTensors } from "../../src/fleet/measured-model.js";
import { EFFICIENTNET_INPUT } from "../../src/model/efficientnet-layers.js";
import type { FunctionSource } from "../../src/plan/answer/plan-document.js";
import {
  givenServedType,
  SERVED_ELEMENTS,
  type ServedModel,
  type ServedTensor,
  type ServedType,
} from "../../src/plan/answer/served-model.js";
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

const TENSOR_TYPES = Object.keys(SERVED_ELEMENTS) as (keyof typeof SERVED_ELEMENTS)[];
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
  const tensors = withFlags(flags, await measuredTensors(source));
  const { provider, threads, concurrent = 1 } = source;
  if (provider === undefined || provider === "unknown") {
    const { givenDevices } = flags;
    const kind = givenDevices === undefined ? undefined : parseName("--given-devices", KINDS, givenDevices);
    return { ...givenServedType(kind), ...tensors };
  }
  return {
    kind: provider === "cpu" ? "cpu" : "gpu",
    provider,
    ...(threads !== undefined && { threads }),
    ...(provider !== "cpu" && concurrent > 1 && { perGpu: concurrent }),
    ...tensors,
    peakMemoryMib: peakMemoryOf(source),
  };
}

function withFlags({ inputName, inputType, inputDims }: ServingFlags, known: ServedTensors): ServedTensors {
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
