import type { Basis } from "../fit/basis.js";
import type { FunctionSource } from "../plan/answer/plan-document.js";
import type { WorkFunctions } from "../plan/question/given-functions.js";

/** What a device does with one workload: its functions on any basis, and where they come from. */
export interface Work {
  readonly source: FunctionSource;
  readonly notes: readonly string[];
  /** The largest confidence that its trials support. */
  readonly maxConfidence: number;
  /** How far its latency errs on cells that its law had not seen, as a ratio; undefined where that is not known. */
  readonly latencyError: number | undefined;
  /** How many sessions it was measured in that say how far they are apart. */
  readonly runs: number;
  /**
   * Whether it is known how repeated processes differ; not where others measured each mini-batch once, or gave no
   * spread.
   */
  readonly noiseKnown: boolean;
  /** Whether its warm-up is known, or borrowed. */
  readonly warmupKnown: boolean;
  functions(basis: Basis): WorkFunctions & { readonly name: string };
}
