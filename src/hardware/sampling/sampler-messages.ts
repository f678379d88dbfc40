import type { Feature } from "../reading/feature.js";
import type { UnavailableFeature } from "./recorder.js";

/** How often the machine is sampled, and which of its GPUs. */
export interface SamplerOptions {
  readonly intervalMs: number;
  /** Which NVIDIA devices to watch, by NVML's index; all of them where left out. */
  readonly gpus?: readonly number[];
}

/** What the sampler process is told. */
export type SamplerRequest =
  | { readonly kind: "start"; readonly options: SamplerOptions }
  | { readonly kind: "watch"; readonly pid: number }
  | { readonly kind: "unwatch" };

/** What it answers. Samples come in blocks: a time each, and the values of one sample after the other. */
export type SamplerReply =
  | {
      readonly kind: "ready";
      readonly features: readonly Feature[];
      readonly unavailable: readonly UnavailableFeature[];
    }
  | {
      readonly kind: "samples";
      readonly timesMs: Float64Array;
      readonly values: Float64Array;
      /** Given with the last block of a watch. */
      readonly unavailable?: readonly UnavailableFeature[];
    };
