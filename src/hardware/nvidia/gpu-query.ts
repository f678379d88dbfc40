import type { FeatureKind } from "../reading/feature.js";

/** A number in what a query gives: which output, at which byte, and its scale to the feature's unit. */
export interface GpuField {
  readonly name: string;
  readonly unit: string;
  readonly kind: FeatureKind;
  readonly description: string;
  readonly type: "u32" | "u64";
  readonly output?: number;
  readonly offset?: number;
  readonly scale?: number;
  /** A flag: this bit of the number. */
  readonly bit?: bigint;
}

/** How often a query is asked: once (what can't change), once a second (what changes slowly), or for every sample. */
export type GpuPace = "once" | "second" | "sample";

/** A function of NVML of the form f(device, integers…, pointers to outputs…). */
export interface GpuQuery {
  readonly pace: GpuPace;
  /** Newest name first. */
  readonly names: readonly string[];
  readonly integers?: readonly number[];
  /** Bytes of each output. */
  readonly outputs: readonly number[];
  /** What the caller must write into the first output: the version of its layout. */
  readonly version?: number;
  readonly fields: readonly GpuField[];
}

const MIB = 1 / (1024 * 1024);
export const gauge = (name: string, unit: string, description: string, more: Partial<GpuField> = {}): GpuField => ({
  name,
  unit,
  kind: "gauge",
  description,
  type: "u32",
  ...more,
});
export const counter = (name: string, unit: string, description: string, more: Partial<GpuField> = {}): GpuField => ({
  ...gauge(name, unit, description, more),
  kind: "counter",
});

/** A query with one 32-bit output. */
export function one(pace: GpuPace, call: string, field: GpuField, ...integers: number[]): GpuQuery {
  return { pace, names: [call], integers, outputs: [4], fields: [field] };
}

export const bytes = (name: string, offset: number, description: string) =>
  gauge(name, "MiB", description, { type: "u64", offset, scale: MIB });

export const reason = (name: string, bit: bigint, description: string): GpuField => ({
  ...gauge(`throttle_${name}`, "1", description, { type: "u64", bit }),
  kind: "flag",
});

export const violation = (name: string, policy: number, description: string): GpuQuery => ({
  pace: "sample",
  names: ["nvmlDeviceGetViolationStatus"],
  integers: [policy],
  outputs: [16],
  fields: [counter(`held_by_${name}_ms`, "ms", description, { type: "u64", offset: 8, scale: 1e-6 })],
});

export const ecc = (name: string, errorType: number, counterType: number, description: string): GpuQuery => ({
  pace: "second",
  names: ["nvmlDeviceGetTotalEccErrors"],
  integers: [errorType, counterType],
  outputs: [8],
  fields: [counter(name, "1", description, { type: "u64" })],
});
