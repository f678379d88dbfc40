import { cellWords } from "../core/cell-words.js";
import { groupBy } from "../core/group-by.js";
import { studentQuantile } from "../core/student-t.js";
import { type LargestMiniBatch, largestMiniBatches } from "../fit/largest-mini-batch.js";
import { type CellLogs, cellLogs, degreesWithin, meanOf, varianceWithin } from "../fit/observed/cell-logs.js";
import { countCells } from "../fit/observed/observation.js";
import { exactStatistic, type StatisticFunction } from "./statistic.js";
import { leastWithoutEach } from "./without-each.js";

/** Two cells are on a line whatever memory does: chance alone would say whether it rises. */
const LEAST_CELLS = 3;

/**
 * The smallest, over input sizes, of the memory that one more image in the mini-batch takes: the one whose interval
 * begins lowest.
 */
export const memorySlopePerImageMib: StatisticFunction = ({ fit: { memory } }) => {
  const cells = groupBy(memory.observations, ({ inputSizePx }) => inputSizePx);
  const told = [...memory.bySize].filter(([size]) => countCells(cells.get(size) ?? []) >= LEAST_CELLS);
  const slopes = told.map(([size, fitted]) => ({
    size,
    slope: fitted.coefficients.mbs ?? Number.NaN,
    interval: fitted.coefficientIntervals().mbs ?? { low: Number.NaN, high: Number.NaN },
  }));
  const [least] = slopes.sort((a, b) => a.interval.low - b.interval.low);
  if (least === undefined) return { value: undefined, reason: `no input size has ${LEAST_CELLS} mini-batch sizes` };
  return { value: least.slope, interval: least.interval, detail: `least certain at ${least.size} px` };
};

/**
 * The peak memory of the cell with most pixels in its mini-batch over that of the one with fewest. Cells are not chosen
 * by what was measured: the largest and the smallest of many would be those that came out so by chance. The interval is
 * Student's, of logarithms, with the scatter of all cells; where no cell was repeated, noise alone could make the
 * ratio.
 */
export const memoryLargestOverSmallest: StatisticFunction = ({ fit: { memory } }) => {
  const cells = [...cellLogs(memory.observations).values()].sort((a, b) => pixelsOf(a) - pixelsOf(b));
  const [smallest, largest] = [cells.at(0), cells.at(-1)];
  if (smallest === undefined || largest === undefined || smallest === largest) {
    return { value: undefined, reason: "fewer than 2 cells" };
  }
  const variance = varianceWithin(cells);
  if (variance === undefined) return { value: undefined, reason: "no cell was repeated, so that its noise is unknown" };
  const reach =
    studentQuantile(0.975, degreesWithin(cells)) *
    Math.sqrt(variance * (1 / largest.logs.length + 1 / smallest.logs.length));
  const log = meanOf(largest.logs) - meanOf(smallest.logs);
  return {
    value: Math.exp(log),
    interval: { low: Math.exp(log - reach), high: Math.exp(log + reach) },
    detail: `${cellWords(largest)} over ${cellWords(smallest)}`,
  };
};

function pixelsOf({ inputSizePx, miniBatchSize }: CellLogs): number {
  return inputSizePx ** 2 * miniBatchSize;
}

/** Input sizes at which a mini-batch exceeded the memory. */
export const outOfMemorySizes: StatisticFunction = ({ fit: { outOfMemory, memoryLimitMib } }) => {
  if (outOfMemory.size === 0) {
    return { value: undefined, reason: "no trial exceeded its memory: set memory_limit_mib or measure larger cells" };
  }
  const sizes = [...outOfMemory]
    .map(([inputSizePx, miniBatchSize]) => cellWords({ inputSizePx, miniBatchSize }))
    .join(", ");
  return exactStatistic(outOfMemory.size, `beyond ${memoryLimitMib ?? "the machine's"} MiB from ${sizes} on`);
};

/**
 * The rank correlation of input size and largest mini-batch within the design's memory, Goodman and Kruskal's γ over
 * the pairs of input sizes whose order is known: the largest that ran at one is more than can run at the other. An edge
 * may rest on one process, so that γ is as low as it gets when any one input size is left out.
 */
export const largestMiniBatchBySize: StatisticFunction = ({ fit }) => {
  if (fit.memoryLimitMib === undefined) return { value: undefined, reason: "the design has no memory_limit_mib" };
  const largest = largestMiniBatches(fit);
  if (largest.length < 3) return { value: undefined, reason: `${largest.length} input sizes, required are 3` };
  const signs = signsOf(largest);
  if (signs.length < LEAST_PAIRS) {
    const reason = `of ${signs.length} pairs of input sizes the order is known, required are ${LEAST_PAIRS}`;
    return { value: undefined, reason: `${reason}: set memory_limit_mib or measure larger cells` };
  }
  const gamma = meanOf(signs);
  const low = leastWithoutEach(largest, (others) => {
    const left = signsOf(others);
    return left.length === 0 ? -1 : meanOf(left);
  });
  return {
    value: gamma,
    interval: { low: Math.min(gamma, low), high: gamma },
    detail: largest.map(described).join(", "),
  };
};

const LEAST_PAIRS = 3;

function signsOf(largest: readonly LargestMiniBatch[]): number[] {
  return largest.flatMap((small, index) => largest.slice(index + 1).flatMap((large) => signOf(small, large)));
}

/**
 * −1 where the larger input size has the smaller largest mini-batch, 1 where it has the larger one; none if that is not
 * known.
 */
function signOf(small: LargestMiniBatch, large: LargestMiniBatch): number[] {
  const isBelow = (a: LargestMiniBatch, b: LargestMiniBatch) => (a.smallestExceeding ?? Infinity) <= b.miniBatchSize;
  if (isBelow(large, small)) return [-1];
  return isBelow(small, large) ? [1] : [];
}

function described({ inputSizePx, miniBatchSize, restsOn }: LargestMiniBatch): string {
  return `${inputSizePx} px: ${restsOn === "at least" ? "at least " : ""}${miniBatchSize}`;
}
