import { groupBy } from "../core/group-by.js";
import type { Interval } from "../core/statistics.js";
import type { TrialRow } from "../dataset/tables.js";
import { type CellLogs, meanOf } from "../fit/observed/cell-logs.js";
import { cellOf } from "../fit/observed/observation.js";
import { logsOfTrials } from "./logs-of-trials.js";
import { type CellNoise, noiseOfCells, sumOfNoise } from "./noise.js";
import { type Ratio, ratioFrom } from "./ratio.js";

const ERROR = 0.05;

/** Which mini-batch takes most images in a time at one input size on each side, and what A's would cost on B. */
export interface BestMiniBatch {
  readonly inputSizePx: number;
  readonly a: number;
  readonly b: number;
  /** Images per second that B loses with A's mini-batch, as a share; undefined where A's did not end well on B. */
  readonly loss: number | undefined;
  /** At 95 % for all cells together; undefined where nothing was repeated on B. */
  readonly interval: Interval | undefined;
  readonly plan: "keeps" | "changes" | "undecided";
}

/**
 * The best measured mini-batch of each side, of those that both tried, at each input size: most images a second while
 * steady. A plan made for A *keeps* on B where A's mini-batch is B's, too, or surely loses no more than the margin
 * there; it *changes* where A's mini-batch surely loses, or did not end well on B. As B's best is one of several that
 * may look best by chance, intervals are as wide as their number asks for (Bonferroni).
 */
export function bestMiniBatches(a: readonly TrialRow[], b: readonly TrialRow[], margin: number): BestMiniBatch[] {
  const latencyA = logsOfTrials(a, ({ steadyMedianMs }) => steadyMedianMs);
  const latencyB = logsOfTrials(b, ({ steadyMedianMs }) => steadyMedianMs);
  const [triedA, triedB] = [new Set(a.map(cellOf)), new Set(b.map(cellOf))];
  const candidatesB = [...latencyB.values()].filter((cell) => triedA.has(cellOf(cell)));
  const sizesA = groupBy(
    [...latencyA.values()].filter((cell) => triedB.has(cellOf(cell))),
    ({ inputSizePx }) => inputSizePx,
  );
  const sizesB = groupBy(candidatesB, ({ inputSizePx }) => inputSizePx);
  const keptOnB = keptThroughput(latencyB, 1 - ERROR / Math.max(1, candidatesB.length - sizesB.size));
  return [...sizesA]
    .sort(([one], [other]) => one - other)
    .flatMap(([inputSizePx, cells]) => {
      const [bestA, bestB] = [fastest(cells), fastest(sizesB.get(inputSizePx) ?? [])];
      if (bestA === undefined || bestB === undefined) return [];
      const sizes = { inputSizePx, a: bestA.miniBatchSize, b: bestB.miniBatchSize };
      return [{ ...sizes, ...lossOf(keptOnB(bestA, bestB), sizes.a === sizes.b, margin) }];
    });
}

/** What is lost where so much is kept. */
function lossOf(
  kept: Ratio | undefined,
  isBest: boolean,
  margin: number,
): Pick<BestMiniBatch, "loss" | "interval" | "plan"> {
  if (isBest) return { loss: 0, interval: { low: 0, high: 0 }, plan: "keeps" };
  if (kept === undefined) return { loss: undefined, interval: undefined, plan: "changes" };
  const interval = kept.interval && { low: 1 - kept.interval.high, high: 1 - kept.interval.low };
  const plan =
    interval === undefined
      ? "undecided"
      : interval.high <= margin
        ? "keeps"
        : interval.low > 0
          ? "changes"
          : "undecided";
  return { loss: 1 - kept.ratio, interval, plan };
}

/** The throughput of one cell over that of another; undefined where the first is not among the cells. */
function keptThroughput(cells: ReadonlyMap<string, CellLogs>, confidence: number) {
  const noise = noiseOfCells([...cells.values()]);
  const varianceOf = new Map([...cells.keys()].map((cell, index) => [cell, noise?.[index]]));
  const ofMean = (cell: CellLogs): CellNoise[] => {
    const found = varianceOf.get(cellOf(cell));
    return found === undefined ? [] : [{ ...found, variance: found.variance / cell.logs.length }];
  };
  return (chosen: CellLogs, best: CellLogs): Ratio | undefined => {
    const there = cells.get(cellOf(chosen));
    if (there === undefined) return undefined;
    const variances = noise && sumOfNoise([...ofMean(there), ...ofMean(best)]);
    return ratioFrom(logThroughput(there) - logThroughput(best), variances, confidence);
  };
}

function fastest(cells: readonly CellLogs[]): CellLogs | undefined {
  return [...cells].sort((one, other) => logThroughput(other) - logThroughput(one))[0];
}

function logThroughput({ miniBatchSize, logs }: CellLogs): number {
  return Math.log(miniBatchSize) - meanOf(logs);
}
