import type { Percentile } from "./percentile.js";

/**
 * What of a device a plan is made with: its typical behaviour, an upper prediction bound that so many new processes,
 * one unless told, all stay below with some confidence, the quantile that a share of new processes stay below, what a
 * share of a trial's inferences took no longer than as it was recorded, the worst that was observed, or one of the
 * functions that the measurements allow.
 */
export type Basis =
  | { readonly kind: "typical" }
  | { readonly kind: "upper"; readonly confidence: number; readonly processes?: number }
  | { readonly kind: "quantile"; readonly share: number }
  | { readonly kind: "recorded"; readonly percentile: Percentile }
  | { readonly kind: "worst" }
  | { readonly kind: "resample"; readonly index: number };

/** Any basis but those that were observed of single inferences, which are no functions of trials. */
export type FunctionBasis = Exclude<Basis, { readonly kind: "worst" | "recorded" }>;

/** What a plan takes of a quantity at one input size; undefined where nothing is known. */
export type Value = (miniBatchSize: number) => number | undefined;

/** What each of so many processes must stay within for all of them to do so, if they have nothing in common. */
export function confidenceOfEach(confidence: number, processes = 1): number {
  return confidence ** (1 / processes);
}
