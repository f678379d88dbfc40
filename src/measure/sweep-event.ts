import type { TrialRow } from "../dataset/tables.js";
import type { PlannedTrial } from "../design/cells.js";
import type { SystemCheck } from "../hardware/system/check-system.js";
import type { ChosenTrial } from "./trial-chooser.js";

/**
 * What trials are added for: a mini-batch ran out of memory, the machine had a slow spell, latencies scatter, or cells
 * are measured once more.
 */
export type SweepGoal = "largest mini-batch" | "slow spell" | "latency" | "another session";

/** What a sweep tells while it runs. */
export type SweepEvent =
  | { readonly kind: "system_checked"; readonly check: SystemCheck }
  | { readonly kind: "started"; readonly total: number; readonly alreadyDone: number; readonly droppedLines: number }
  /** How fast the machine is can't be told any more on a device; its trials are measured without. */
  | { readonly kind: "pulse_failed"; readonly detail: string }
  /** Trials were added: there are now so many. */
  | { readonly kind: "extended"; readonly total: number; readonly goal: SweepGoal }
  /** A sweep that measures until something is known says what comes next and why. */
  | { readonly kind: "chosen"; readonly chosen: ChosenTrial }
  | { readonly kind: "trial_started"; readonly planned: PlannedTrial }
  | { readonly kind: "trial_ended"; readonly planned: PlannedTrial; readonly trial: TrialRow };
