/**
 * What of a device a plan is made with: its typical behaviour, an upper prediction bound that a new trial stays below
 * with some confidence, the worst that was observed, or one bootstrap replicate.
 */
export type Basis =
  | { readonly kind: "typical" }
  | { readonly kind: "upper"; readonly confidence: number }
  | { readonly kind: "worst" }
  | { readonly kind: "resample"; readonly index: number };
