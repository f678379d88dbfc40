import { groupBy } from "../../core/group-by.js";
import type { FeasiblePlan, PlannedDevice } from "./plan-outcome.js";

/** The element types of tensors, and what Triton calls them. */
export const SERVED_ELEMENTS = {
  float32: "TYPE_FP32",
  float16: "TYPE_FP16",
  bfloat16: "TYPE_BF16",
  float64: "TYPE_FP64",
  uint8: "TYPE_UINT8",
  int8: "TYPE_INT8",
  uint16: "TYPE_UINT16",
  int16: "TYPE_INT16",
  uint32: "TYPE_UINT32",
  int32: "TYPE_INT32",
  uint64: "TYPE_UINT64",
  int64: "TYPE_INT64",
} as const;

/** The image tensor that a model takes, or what it gives back. */
export interface ServedTensor {
  readonly name: string;
  readonly type: keyof typeof SERVED_ELEMENTS;
  /** Of one image: without the axis of the mini-batch. */
  readonly dims: readonly number[];
}

/** What is known of the devices of one type that serve one workload. What is not known is missing. */
export interface ServedType {
  readonly kind: "cpu" | "gpu";
  /** Why that kind is taken, where it was not measured. */
  readonly kindNote?: string;
  /** ONNX Runtime's word. */
  readonly provider?: string;
  readonly threads?: number;
  /** How many such devices were measured side by side on one GPU. Default: 1. */
  readonly perGpu?: number;
  readonly input?: ServedTensor;
  readonly output?: ServedTensor;
  /** The one mini-batch size that the model's file allows. */
  readonly fixedMiniBatchSize?: number;
  /** Peak memory on the host that was measured, in MiB. */
  peakMemoryMib?(miniBatchSize: number): number | undefined;
}

/** What is known of devices of which nobody said what they are: a GPU unless somebody says so. */
export function givenServedType(kind?: ServedType["kind"]): ServedType {
  if (kind !== undefined) return { kind };
  return { kind: "gpu", kindNote: "Taken for a GPU: what it is was not said (else --given-devices cpu)." };
}

/** What a plan does not know of the model that it is for. */
export interface ServedModel {
  readonly name: string;
  /** Where the server finds the model; only KServe asks. */
  readonly storageUri: string;
  typeOf(type: string, workload: string): ServedType;
}

/** Planned devices that are served alike. */
export interface ServedGroup {
  readonly workload: string;
  readonly type: string;
  readonly devices: readonly PlannedDevice[];
}

/** The devices of each workload and type, in the plan's order; with `bySize` those of each mini-batch size apart. */
export function servedGroups({ devices }: FeasiblePlan, { bySize = false } = {}): ServedGroup[] {
  const groups = groupBy(devices, ({ workload, type, miniBatchSize }) =>
    JSON.stringify([workload, type, ...(bySize ? [miniBatchSize] : [])]),
  );
  return [...groups.values()].flatMap((alike) => {
    const [first] = alike;
    return first === undefined ? [] : [{ workload: first.workload, type: first.type, devices: alike }];
  });
}

/** A text as part of a comment: whatever could end the line, or can't be seen, becomes a space. */
export function commentText(text: string): string {
  return text.replaceAll(/[\p{C}\p{Z}]/gu, " ");
}

/**
 * A name that none has yet: cut where it is too long, numbered where it would occur twice.
 *
 * @param taken names in use, to which it is added
 */
export function uniqueName(text: string, longest: number, taken: Set<string>): string {
  for (let number = 1; ; number++) {
    const suffix = number === 1 ? "" : `-${number}`;
    const name = `${text.slice(0, longest - suffix.length).replace(/-+$/, "")}${suffix}`;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}
