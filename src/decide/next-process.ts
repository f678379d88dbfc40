import type { ChoiceReason } from "../dataset/tables.js";
import { drawCapacities } from "./capacity-draws.js";
import { type CellEvidence, type Evidence, evidenceOf } from "./cell-evidence.js";
import type { DecisionQuestion } from "./decision-question.js";
import { edgeProbe } from "./memory-edge.js";
import { isOutOfReach } from "./out-of-reach.js";
import type { ProcessOutcome } from "./process-outcome.js";
import { type Standing, standingOf } from "./standing.js";
import { type StillNeeded, stillNeeded } from "./still-needed.js";

/** From this probability on a question is decided. */
export const DECIDED = 0.95;
/** Of fewer processes at the leader nothing is decided. */
const LEAST_AT_LEADER = 3;
/** Where a first inference takes so many times the time that there is, larger mini-batches need not be tried. */
const FAR_TOO_LONG = 1.5;
/** A mini-batch size whose processes fail so often without running is given up. */
const MOST_FAILURES = 2;
/** One that ran, but of which so many fail in turn, is not measured again. */
const MOST_FAILURES_IN_TURN = 5;

/** How a question stands and what follows. */
export type Step =
  | {
      readonly kind: "measure";
      readonly miniBatchSize: number;
      readonly reason: ChoiceReason;
      /** Undefined where nothing ran yet. */
      readonly standing: Standing | undefined;
      readonly needed: StillNeeded | undefined;
      /** The candidates that were not looked at yet. */
      readonly unmeasured: readonly number[];
    }
  | { readonly kind: "decided"; readonly standing: Standing }
  | {
      readonly kind: "undecided";
      readonly standing: Standing;
      readonly needed: StillNeeded | undefined;
      /** The candidates that the budget left unmeasured: the answer is the best of the others. */
      readonly unmeasured: readonly number[];
      /** Whether the answer is sure enough, and only repeats are missing. */
      readonly isSure: boolean;
      /** Whether the budget is spent; else what is left of it would not tell, or processes fail. */
      readonly isSpent: boolean;
      /** The one whose processes fail, though it ran before. */
      readonly failing: number | undefined;
    }
  /** No candidate ran, or none below the one that ran out of memory. */
  | { readonly kind: "nothing ran"; readonly smallestRanOut: number };

/** What a choice depends on: the same gives the same choice. */
export interface DecisionState {
  readonly question: DecisionQuestion;
  /** Declared candidates, smallest first. */
  readonly candidates: readonly number[];
  /** What processes said, in the order in which they ran. */
  readonly outcomes: readonly ProcessOutcome[];
  /** How long processes have taken together, and may take. */
  readonly spentMs: number;
  readonly budgetMs: number;
  /** Processes of mini-batch sizes that were repeated, of which a confidence needs so many. */
  readonly leastRepeated: number;
  /** From which probability on it is decided. Default: 0.95. */
  readonly decidedFrom?: number;
  readonly seed: number;
}

/**
 * What to measure next to decide a question, or how it ended: first each candidate once, up to the one that runs out of
 * memory; then the memory's edge, if the answer may lie there; then the present answer or its challenger, whichever
 * tells more for its time, until it is decided, or what is left of the budget would not tell them apart.
 *
 * Source: top-two sampling as by Russo (2020), with the share of processes of both by their own noise and cost.
 */
export function nextProcess(state: DecisionState): Step {
  const { question, candidates, outcomes, spentMs, budgetMs, leastRepeated, decidedFrom = DECIDED, seed } = state;
  const evidence = evidenceOf(outcomes);
  const draws = drawCapacities(evidence.cells, question, seed);
  const standing = standingOf(draws, question);
  const isSpent = spentMs >= budgetMs;
  const unmeasured = firstLooks(evidence, candidates, outcomes, question);
  const [first] = unmeasured;
  if (first !== undefined && !isSpent) {
    return { kind: "measure", miniBatchSize: first, reason: "first look", standing, needed: undefined, unmeasured };
  }
  if (standing === undefined) return { kind: "nothing ran", smallestRanOut: evidence.smallestRanOut };
  const repeats = Math.max(0, leastRepeated - repeatedIn(evidence));
  const needed = stillNeeded(evidence.cells, standing, draws.deviation, question, repeats);
  const edge = edgeProbe(evidence, draws, standing, question);
  if (edge !== undefined && failuresAt(outcomes, edge) < MOST_FAILURES && !isSpent) {
    return { kind: "measure", miniBatchSize: edge, reason: "memory edge", standing, needed, unmeasured };
  }
  const isSure = unmeasured.length === 0 && isDecided(evidence, standing, decidedFrom);
  if (isSure && repeats === 0) return { kind: "decided", standing };
  const isHopeless = !isSure && isOutOfReach(evidence.cells, standing, needed, budgetMs - spentMs);
  const miniBatchSize = isSure || isHopeless ? standing.leader : moreTelling(evidence.cells, standing);
  const failing = isFailing(outcomes, miniBatchSize) ? miniBatchSize : undefined;
  if (isSpent || (isHopeless && repeats === 0) || failing !== undefined) {
    return { kind: "undecided", standing, needed, unmeasured, isSure, isSpent, failing };
  }
  return {
    ...{ kind: "measure", miniBatchSize, standing, needed, unmeasured },
    reason: miniBatchSize === standing.leader ? "leader" : "challenger",
  };
}

function isDecided({ cells }: Evidence, { leader, probability }: Standing, decidedFrom: number): boolean {
  return probability >= decidedFrom && (cellAt(cells, leader)?.processes ?? 0) >= LEAST_AT_LEADER;
}

function repeatedIn({ cells }: Evidence): number {
  return cells.reduce((sum, { processes }) => sum + (processes > 1 ? processes : 0), 0);
}

/** The candidates that were not tried, smallest first, but for those that a smaller one shows to be too slow. */
function firstLooks(
  { cells, smallestRanOut }: Evidence,
  candidates: readonly number[],
  outcomes: readonly ProcessOutcome[],
  { timeMs }: DecisionQuestion,
): number[] {
  const tooLong = cells.find(({ meanLogFirst }) => Math.exp(meanLogFirst) > FAR_TOO_LONG * timeMs);
  const end = Math.min(smallestRanOut, tooLong?.miniBatchSize ?? Number.POSITIVE_INFINITY);
  return candidates.filter(
    (size) => size < end && cellAt(cells, size) === undefined && failuresAt(outcomes, size) < MOST_FAILURES,
  );
}

/** Whether the last processes of a mini-batch size all failed. */
function isFailing(outcomes: readonly ProcessOutcome[], miniBatchSize: number): boolean {
  const last = outcomes.filter((outcome) => outcome.miniBatchSize === miniBatchSize).slice(-MOST_FAILURES_IN_TURN);
  return last.length === MOST_FAILURES_IN_TURN && last.every(({ status }) => status === "failed");
}

function failuresAt(outcomes: readonly ProcessOutcome[], miniBatchSize: number): number {
  return outcomes.filter((outcome) => outcome.status === "failed" && outcome.miniBatchSize === miniBatchSize).length;
}

/** The leader or its challenger: where one more process takes more of the noise of its mean away for its time. */
function moreTelling(cells: readonly CellEvidence[], { leader, runnerUp }: Standing): number {
  const [ofLeader, ofRunnerUp] = [leader, runnerUp?.miniBatchSize ?? leader].map((size) => cellAt(cells, size));
  if (ofLeader === undefined || ofRunnerUp === undefined) return leader;
  const worth = ({ processes, meanDurationMs }: CellEvidence) => 1 / (processes ** 2 * meanDurationMs);
  return worth(ofLeader) >= worth(ofRunnerUp) ? ofLeader.miniBatchSize : ofRunnerUp.miniBatchSize;
}

function cellAt(cells: readonly CellEvidence[], miniBatchSize: number): CellEvidence | undefined {
  return cells.find((cell) => cell.miniBatchSize === miniBatchSize);
}
