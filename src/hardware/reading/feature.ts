/** What kind of number a feature is. A counter only grows; a rate is a counter's growth per second of true interval. */
export type FeatureKind = "gauge" | "counter" | "rate" | "ratio" | "flag";

/** Whose state a feature describes. */
export type FeatureScope = "machine" | "process" | "device" | "runtime" | "model";

/** One thing that the monitor can know, described once: schema and data dictionary are generated from it. */
export interface Feature {
  /** `group/name_unit` in snake_case, e.g. `memory/available_kib`. */
  readonly name: string;
  readonly unit: string;
  readonly kind: FeatureKind;
  readonly scope: FeatureScope;
  /** The file and field, or the call, that it is read from. */
  readonly source: string;
  /** What it means, in one sentence. */
  readonly description: string;
  /** Whether its value before the first inference can be known before that inference runs. */
  readonly knownBefore: boolean;
}
