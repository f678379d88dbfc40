import type { TrialRow } from "../dataset/tables.js";
import type { PlannedTrial } from "../design/cells.js";
import type { SystemCheck } from "../hardware/system/check-system.js";

/** What trials are added for: a mini-batch ran out of memory, latencies scatter, or cells are measured once more. */
export type SweepGoal = "largest mini-batch" | "latency" | "another session";

/** What a sweep tells while it runs. */
export type SweepEvent =
  | { readonly kind: "system_checked"; readonly check: SystemCheck }
  | { readonly kind: "started"; readonly total: number; readonly alreadyDone: number; readonly droppedLines: number }
  /** Trials were added: there are now so many. */
  | { readonly kind: "extended"; readonly total: number; readonly goal: SweepGoal }
  | { readonly kind: "trial_started"; readonly planned: PlannedTrial }
  | { readonly kind: "trial_ended"; readonly planned: PlannedTrial; readonly trial: TrialRow };
