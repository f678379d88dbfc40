import { type PlannedTrial, plannedTrial } from "../design/cells.js";
import type { MeasuredTrials } from "../measure/trial-chooser.js";
import { declaredCandidates } from "./candidates.js";
import type { DecisionQuestion } from "./decision-question.js";
import { type DecisionState, nextProcess, type Step } from "./next-process.js";
import type { ProcessOutcome } from "./process-outcome.js";
import { isOf, type OutcomePlace, trialOutcomes } from "./trial-outcomes.js";

/** A mini-batch size that a plan needs: of alike devices of a design, at one of its input sizes. */
export interface PlanPart extends OutcomePlace {
  readonly question: DecisionQuestion;
  /** How many alike devices there are. */
  readonly devices: number;
}

/** What is known of a part, and what it would measure next. */
export interface PartEvidence {
  readonly part: PlanPart;
  learn(measured: MeasuredTrials): void;
  /** How it stands, and what follows, with so much time spent and so much given. */
  step(spending: Pick<DecisionState, "spentMs" | "budgetMs" | "leastRepeated" | "decidedFrom" | "seed">): Step;
  /** The next trial of a mini-batch size. */
  trialOf(miniBatchSize: number): PlannedTrial;
}

/** @param miniBatchSizes of the design at the part's input size, smallest first */
export function partEvidence(part: PlanPart, miniBatchSizes: readonly number[]): PartEvidence {
  const candidates = declaredCandidates(miniBatchSizes);
  const outcomes: ProcessOutcome[] = [];
  const lastTrial = new Map<number, number>();
  return {
    part,
    learn(measured) {
      outcomes.push(...trialOutcomes(measured, part));
      for (const { miniBatchSize, trial } of measured.trials.filter((row) => isOf(row, part))) {
        lastTrial.set(miniBatchSize, Math.max(trial, lastTrial.get(miniBatchSize) ?? 0));
      }
    },
    step: (spending) => nextProcess({ question: part.question, candidates, outcomes, ...spending }),
    trialOf(miniBatchSize) {
      const cell = { inputSizePx: part.inputSizePx, miniBatchSize, device: part.device };
      return plannedTrial(cell, (lastTrial.get(miniBatchSize) ?? 0) + 1);
    },
  };
}
