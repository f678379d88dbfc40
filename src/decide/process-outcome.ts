/** What one process said of a mini-batch size. */
export type ProcessOutcome = {
  readonly miniBatchSize: number;
  /** All of the process. */
  readonly durationMs: number;
} & (
  | {
      readonly status: "ran";
      /** The mean of its steady inferences. */
      readonly latencyMs: number;
      /** Of its first mini-batch, with what a plan counts before it. */
      readonly firstMs: number;
      /** The small fixed inference around it, where it was measured. */
      readonly pulseMs?: number;
    }
  | { readonly status: "ran out of memory" | "failed" }
);

/** A process that ran. */
export type RanProcess = Extract<ProcessOutcome, { readonly status: "ran" }>;

/** Whether a process ran. */
export function hasRun(outcome: ProcessOutcome): outcome is RanProcess {
  return outcome.status === "ran";
}
