import { distinct } from "../core/distinct.js";
import type { LargestMiniBatch } from "../fit/largest-mini-batch.js";
import { powersOfTwo } from "./axis-ticks.js";
import type { Figure } from "./render-figure.js";
import { series } from "./series.js";
import { COLUMN } from "./theme.js";

/** The largest mini-batch at one input size and memory. */
export interface LargestMiniBatchPoint {
  readonly memoryMib: number;
  readonly largest: LargestMiniBatch;
}

/**
 * The largest mini-batch that fits, by input size (px), one line for each memory (MiB): a bar up to the last one below
 * the smallest that did not fit, an open point where none is known not to fit. None is shown where not one image fits.
 */
export function largestMiniBatchFigure(points: readonly LargestMiniBatchPoint[]): Figure {
  const data = points
    .filter(({ largest }) => largest.miniBatchSize >= 1)
    .map(({ memoryMib, largest: { inputSizePx, miniBatchSize, restsOn, smallestExceeding } }) => ({
      memory_mib: memoryMib,
      input_size_px: inputSizePx,
      largest_mini_batch: miniBatchSize,
      rests_on: restsOn,
      high: smallestExceeding === undefined ? miniBatchSize : smallestExceeding - 1,
    }));
  const x = {
    field: "input_size_px",
    type: "quantitative",
    title: "Input size (px)",
    scale: { zero: false, nice: false },
    axis: { values: distinct(data.map((row) => row.input_size_px)), labelOverlap: "greedy", labelSeparation: 3 },
  };
  const ticks = powersOfTwo(data.flatMap((row) => [row.largest_mini_batch, row.high]));
  const y = (field: string) => ({
    field,
    type: "quantitative",
    title: "Largest mini-batch",
    scale: { type: "log", nice: false },
    axis: { values: ticks, format: ",~r", labelOverlap: "greedy" },
  });
  const { marks, lines } = series("memory_mib", "Memory (MiB)", distinct(data.map((row) => row.memory_mib)).reverse());
  return {
    name: "largest-mini-batch",
    title: "The largest mini-batch that fits, by input size, for several memories; open: at least; bars: not known",
    data,
    spec: {
      ...COLUMN,
      layer: [
        { mark: "rule", encoding: { x, y: y("largest_mini_batch"), y2: { field: "high" }, color: marks.color } },
        ...lines({ x, y: y("largest_mini_batch") }),
        {
          mark: { type: "point", filled: false, strokeWidth: 1.2 },
          encoding: { x, y: y("largest_mini_batch"), ...marks, fill: { ...marks.color, condition: OPEN } },
        },
      ],
    },
  };
}

const OPEN = { test: "datum.rests_on === 'at least'", value: "white" };
