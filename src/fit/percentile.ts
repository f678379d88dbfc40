/** The percentiles of a trial's steady inferences that are kept, and where a summary has them. */
export const PERCENTILES = { 50: "p50Ms", 90: "p90Ms", 95: "p95Ms", 99: "p99Ms" } as const;
/** One of them. */
export type Percentile = keyof typeof PERCENTILES;
