import { sampleRankCorrelation } from "simple-statistics";
import { groupBy } from "../core/group-by.js";
import { REPLICATES } from "../fit/bootstrap.js";
import { largestBelow, largestMiniBatch } from "../fit/largest-mini-batch.js";
import { cellOf } from "../fit/observation.js";
import { exactStatistic, intervalStatistic, type StatisticFunction } from "./statistic.js";

/** The smallest, over input sizes, of the memory that one more image in the mini-batch takes. */
export const memorySlopePerImageMib: StatisticFunction = ({ fit: { memory } }) => {
  const slopes = [...memory.bySize].map(([size, fitted]) => ({
    size,
    slope: fitted.coefficients.mbs ?? Number.NaN,
    interval: fitted.coefficientIntervals().mbs ?? { low: Number.NaN, high: Number.NaN },
  }));
  const [least] = slopes.sort((a, b) => a.interval.low - b.interval.low);
  if (least === undefined) return { value: undefined, reason: "no input size has 2 mini-batch sizes" };
  return { value: least.slope, interval: least.interval, detail: `least certain at ${least.size} px` };
};

/** The peak memory of the cell that takes most over that of the cell that takes least. */
export const memoryLargestOverSmallest: StatisticFunction = ({ fit: { memory } }) => {
  const cells = [...groupBy(memory.observations, cellOf)].map(([cell, values]) => {
    const peaks = values.map(({ value }) => value);
    return { cell, low: Math.min(...peaks), high: Math.max(...peaks) };
  });
  const [smallest, largest] = [
    cells.toSorted((a, b) => a.low - b.low).at(0),
    cells.toSorted((a, b) => b.high - a.high).at(0),
  ];
  if (smallest === undefined || largest === undefined || smallest === largest) {
    return { value: undefined, reason: "fewer than 2 cells" };
  }
  const name = (cell: string) => cell.replace(" ", " px × ");
  return {
    value: Math.sqrt((largest.low * largest.high) / (smallest.low * smallest.high)),
    interval: { low: largest.low / smallest.high, high: largest.high / smallest.low },
    detail: `${name(largest.cell)} over ${name(smallest.cell)}`,
  };
};

/** Input sizes at which a mini-batch exceeded the memory. */
export const outOfMemorySizes: StatisticFunction = ({ fit: { outOfMemory, memoryLimitMib } }) => {
  if (outOfMemory.size === 0) {
    return { value: undefined, reason: "no trial exceeded its memory: set memory_limit_mib or measure larger cells" };
  }
  const sizes = [...outOfMemory].map(([size, batch]) => `${size} px × ${batch}`).join(", ");
  return exactStatistic(outOfMemory.size, `beyond ${memoryLimitMib ?? "the machine's"} MiB from ${sizes} on`);
};

/** Spearman's correlation of input size and largest mini-batch within the design's memory. */
export const largestMiniBatchBySize: StatisticFunction = ({ fit: { memory, measuredMiniBatches, memoryLimitMib } }) => {
  const sizes = [...measuredMiniBatches.keys()];
  if (memoryLimitMib === undefined) return { value: undefined, reason: "the design has no memory_limit_mib" };
  if (sizes.length < 3) return { value: undefined, reason: `${sizes.length} input sizes, required are 3` };
  const largest = sizes.map((size) => largestMiniBatch(memory.at(size), size, memoryLimitMib));
  const resampled = Array.from({ length: REPLICATES }, (_, index) =>
    sampleRankCorrelation(
      sizes,
      sizes.map((size) => {
        const fitted = memory.at(size);
        return largestBelow((batch) => fitted.resampled(index, size, batch), memoryLimitMib);
      }),
    ),
  );
  const listed = sizes.map((size, index) => `${size} px: ${largest[index]}`).join(", ");
  return intervalStatistic(sampleRankCorrelation(sizes, largest), resampled, listed);
};
