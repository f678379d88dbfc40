import { groupBy } from "../core/group-by.js";
import { meanOf, squaresOf } from "../fit/observed/cell-logs.js";
import { correctedLogs } from "./machine-speed.js";
import { hasRun, type ProcessOutcome } from "./process-outcome.js";

/** What processes said of one mini-batch size, by logarithms, from which a slow machine is taken out. */
export interface CellEvidence {
  readonly miniBatchSize: number;
  readonly processes: number;
  readonly meanLogLatency: number;
  readonly meanLogFirst: number;
  /** Sums of squares around these means. */
  readonly latencySquares: number;
  readonly firstSquares: number;
  /** What the means would differ by if what goes with the pulse were one standard deviation more. */
  readonly latencyShift: number;
  readonly firstShift: number;
  readonly meanDurationMs: number;
}

/** The mini-batch sizes that ran, smallest first, and where memory ended. */
export interface Evidence {
  readonly cells: readonly CellEvidence[];
  /** 0 where none ran. */
  readonly largestRan: number;
  /** Infinite where none ran out of memory. */
  readonly smallestRanOut: number;
}

/** Puts together what processes said, in whatever order. One that ran beyond a size that ran out ran by luck. */
export function evidenceOf(outcomes: readonly ProcessOutcome[]): Evidence {
  const smallestRanOut = outcomes.reduce(
    (least, { status, miniBatchSize }) => (status === "ran out of memory" ? Math.min(least, miniBatchSize) : least),
    Number.POSITIVE_INFINITY,
  );
  const ran = correctedLogs(outcomes.filter(hasRun)).filter(({ miniBatchSize }) => miniBatchSize < smallestRanOut);
  const cells = [...groupBy(ran, ({ miniBatchSize }) => miniBatchSize)]
    .map(([miniBatchSize, processes]): CellEvidence => {
      const latencies = processes.map(({ logLatency }) => logLatency);
      const firsts = processes.map(({ logFirst }) => logFirst);
      return {
        miniBatchSize,
        processes: processes.length,
        meanLogLatency: meanOf(latencies),
        meanLogFirst: meanOf(firsts),
        latencySquares: squaresOf(latencies),
        firstSquares: squaresOf(firsts),
        latencyShift: meanOf(processes.map(({ latencyShift }) => latencyShift)),
        firstShift: meanOf(processes.map(({ firstShift }) => firstShift)),
        meanDurationMs: meanOf(processes.map(({ durationMs }) => durationMs)),
      };
    })
    .sort((a, b) => a.miniBatchSize - b.miniBatchSize);
  return { cells, largestRan: cells.at(-1)?.miniBatchSize ?? 0, smallestRanOut };
}
