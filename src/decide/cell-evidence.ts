import { groupBy } from "../core/group-by.js";
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
      const latency = meanAndSquares(processes.map(({ logLatency }) => logLatency));
      const first = meanAndSquares(processes.map(({ logFirst }) => logFirst));
      return {
        miniBatchSize,
        processes: processes.length,
        meanLogLatency: latency.mean,
        meanLogFirst: first.mean,
        latencySquares: latency.squares,
        firstSquares: first.squares,
        meanDurationMs: meanAndSquares(processes.map(({ durationMs }) => durationMs)).mean,
      };
    })
    .sort((a, b) => a.miniBatchSize - b.miniBatchSize);
  return { cells, largestRan: cells.at(-1)?.miniBatchSize ?? 0, smallestRanOut };
}

function meanAndSquares(values: readonly number[]): { readonly mean: number; readonly squares: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, squares: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) };
}
