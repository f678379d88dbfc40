/** What one process said of a mini-batch size. */
export type ProcessOutcome = {
  readonly miniBatchSize: number;
  /** All of the process. */
  readonly durationMs: number;
} & (
  | {
      readonly status: "ran";
      /** Of a settled mini-batch. */
      readonly latencyMs: number;
      /** Of its beginning: the first mini-batch, what those after it took longer, and what a plan counts before it. */
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
