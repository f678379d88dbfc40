import { type SeededRandom, seededRandom } from "../../src/core/seeded-random.js";
import { type CapacityDraws, drawCapacities } from "../../src/decide/capacity-draws.js";
import { type Evidence, evidenceOf } from "../../src/decide/cell-evidence.js";
import { DECIDED } from "../../src/decide/next-process.js";
import { isOutOfReach } from "../../src/decide/out-of-reach.js";
import type { ProcessOutcome } from "../../src/decide/process-outcome.js";
import { type Standing, standingOf } from "../../src/decide/standing.js";
import { stillNeeded } from "../../src/decide/still-needed.js";
import type { Choice, Method, Replay } from "./method.js";

/** What a method knows when it chooses. */
export interface Known {
  readonly evidence: Evidence;
  readonly draws: CapacityDraws;
  readonly standing: Standing | undefined;
  /** Candidates that did not run out of memory, smallest first. */
  readonly possible: readonly number[];
  readonly processes: number;
  readonly random: SeededRandom;
}

/**
 * A method that chooses its own way and ends as `sweep --until` does: by the same posterior, once every candidate was
 * measured, at the same budget, or before it where that would not tell.
 */
export function byStanding(name: string, pick: (known: Known, replay: Replay) => number): Method {
  return (replay): Choice => {
    const { device, question, budgetMs, seed } = replay;
    const machine = device.start(`${name} ${seed}`, "short");
    const random = seededRandom(seed, `decide ${name}`);
    const outcomes: ProcessOutcome[] = [];
    for (let spentMs = 0; ; ) {
      const evidence = evidenceOf(outcomes);
      const draws = drawCapacities(evidence.cells, question, seed);
      const standing = standingOf(draws, question);
      const possible = device.miniBatchSizes.filter((size) => size < evidence.smallestRanOut);
      const atLeader = evidence.cells.find((cell) => cell.miniBatchSize === standing?.leader)?.processes ?? 0;
      const isAllMeasured = possible.every((size) => evidence.cells.some((cell) => cell.miniBatchSize === size));
      const decided = isAllMeasured && atLeader >= 2 && (standing?.probability ?? 0) >= DECIDED;
      const needed = standing && stillNeeded(evidence.cells, standing, draws.deviation, question, 0);
      const isEnded = isAllMeasured && standing && isOutOfReach(evidence.cells, standing, needed, budgetMs - spentMs);
      if (decided || isEnded || spentMs >= budgetMs) return { miniBatchSize: standing?.leader ?? 1, decided, outcomes };
      const known = { evidence, draws, standing, possible, processes: outcomes.length, random };
      const outcome = machine.run(pick(known, replay));
      spentMs += outcome.durationMs;
      outcomes.push(outcome);
    }
  };
}

/** The smallest candidate that was not measured yet. */
export function unmeasuredIn({ evidence, possible }: Known): number | undefined {
  return possible.find((size) => !evidence.cells.some((cell) => cell.miniBatchSize === size));
}
