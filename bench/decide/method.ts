import type { DecisionQuestion } from "../../src/decide/decision-question.js";
import type { ProcessOutcome } from "../../src/decide/process-outcome.js";
import type { ReplayedDevice } from "./device.js";

/** What a method is given: it runs processes and says what it would choose. */
export interface Replay {
  readonly device: ReplayedDevice;
  readonly question: DecisionQuestion;
  readonly budgetMs: number;
  readonly seed: number;
}

/** What came of a method. */
export interface Choice {
  readonly miniBatchSize: number;
  readonly decided: boolean;
  readonly outcomes: readonly ProcessOutcome[];
}

/** A way to find the mini-batch size that answers a question. */
export type Method = (replay: Replay) => Choice;
