import type { TrialRecord } from "../dataset/dataset-writer.js";
import type { ChoiceRow } from "../dataset/tables.js";
import type { PlannedTrial } from "../design/cells.js";
import type { Design } from "../design/design.js";

/** What trials measured: those of a dataset, or a new one. */
export interface MeasuredTrials {
  readonly trials: readonly TrialRecord["trial"][];
  /** In any order; they may be there to be read once. */
  readonly inferences: Iterable<TrialRecord["inferences"][number]>;
  readonly pulses: TrialRecord["pulses"];
  readonly choices: readonly ChoiceRow[];
}

/** A trial that is to be measured next, and why. */
export interface ChosenTrial {
  readonly planned: PlannedTrial;
  readonly choice: Omit<ChoiceRow, "trialId" | "tookMs">;
  /** How long it stays idle, and when its inferences end. Default: as in the design. */
  readonly measuring?: Pick<Design, "idle_ms" | "stopping">;
  /** What is known so far, in a few words; undefined where nothing is. */
  readonly answer: string | undefined;
  /** How much longer it may take; undefined where nobody can say. */
  readonly leftMs: number | undefined;
}

/** Chooses what a sweep measures. The same design, seed and trials give the same choices. */
export interface TrialChooser {
  /** Takes in what was measured: first all that the dataset holds, then each trial. */
  learn(measured: MeasuredTrials): void;
  /** @returns undefined where enough is known, or no more may be measured */
  next(): ChosenTrial | undefined | Promise<ChosenTrial | undefined>;
}
