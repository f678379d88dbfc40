import type { TrialChooser } from "../measure/trial-chooser.js";

/** How a sweep that measures until something is known ended. */
export interface UntilEnd {
  readonly isDecided: boolean;
  /** How long its trials took, those of earlier runs for the same included. */
  readonly spentMs: number;
  readonly trials: number;
  /** For programs, by their names in JSON. */
  readonly figures: Readonly<Record<string, unknown>>;
  /** For people. */
  readonly sentences: readonly string[];
}

/** Chooses trials until something is known, and says how far it is. */
export interface UntilChooser extends TrialChooser {
  /** How it ended, or how far it is. */
  end(): UntilEnd;
}
