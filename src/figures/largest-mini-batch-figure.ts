import { distinct, powersOfTwo } from "./axis-ticks.js";
import type { Figure } from "./render-figure.js";
import { series } from "./series.js";
import { COLUMN } from "./theme.js";

/** The largest mini-batch at one input size and memory, with its 95 % interval. */
export interface LargestMiniBatchPoint {
  readonly memoryMib: number;
  readonly inputSizePx: number;
  readonly largest: number;
  readonly low: number;
  readonly high: number;
}

/** The largest mini-batch that fits, by input size (px), one line for each memory (MiB). None is shown where not one image fits. */
export function largestMiniBatchFigure(points: readonly LargestMiniBatchPoint[]): Figure {
  const data = points
    .filter(({ largest }) => largest >= 1)
    .map(({ memoryMib, inputSizePx, largest, low, high }) => ({
      memory_mib: memoryMib,
      input_size_px: inputSizePx,
      largest_mini_batch: largest,
      low: Math.max(low, 1),
      high,
    }));
  const x = {
    field: "input_size_px",
    type: "quantitative",
    title: "Input size (px)",
    scale: { zero: false, nice: false },
    axis: { values: distinct(data.map((row) => row.input_size_px)), labelOverlap: "greedy", labelSeparation: 3 },
  };
  const ticks = powersOfTwo(data.flatMap((row) => [row.low, row.high]));
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
    title: "The largest mini-batch that fits, by input size, for several memories; bars are 95 % intervals",
    data,
    spec: {
      ...COLUMN,
      layer: [
        { mark: "rule", encoding: { x, y: y("low"), y2: { field: "high" }, color: marks.color } },
        ...lines({ x, y: y("largest_mini_batch") }),
        { mark: "point", encoding: { x, y: y("largest_mini_batch"), ...marks } },
      ],
    },
  };
}
