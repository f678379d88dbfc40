import { distinct } from "../core/distinct.js";
import { groupBy } from "../core/group-by.js";
import { median, sorted } from "../core/statistics.js";
import type { Figure } from "./render-figure.js";
import { series } from "./series.js";
import { COLUMN } from "./theme.js";

/** The peak memory of one trial. */
export interface MemoryPoint {
  readonly inputSizePx: number;
  readonly miniBatchSize: number;
  readonly peakMemoryMib: number;
}

/** Peak memory (MiB) by input size (px), one line per mini-batch size: medians over trials (figure 2 of the study). */
export function memoryFigure(points: readonly MemoryPoint[]): Figure {
  const cells = groupBy(points, ({ inputSizePx, miniBatchSize }) => `${inputSizePx} ${miniBatchSize}`);
  const data = [...cells.values()]
    .flatMap((trials) =>
      trials.slice(0, 1).map(({ inputSizePx, miniBatchSize }) => ({
        input_size_px: inputSizePx,
        mini_batch_size: miniBatchSize,
        peak_memory_mib: median(sorted(trials.map(({ peakMemoryMib }) => peakMemoryMib))),
      })),
    )
    .sort((a, b) => a.mini_batch_size - b.mini_batch_size || a.input_size_px - b.input_size_px);
  const miniBatchSizes = distinct(data.map((row) => row.mini_batch_size));
  const axes = {
    x: {
      field: "input_size_px",
      type: "quantitative",
      title: "Input size (px)",
      axis: { values: distinct(data.map((row) => row.input_size_px)), labelOverlap: "greedy", labelSeparation: 3 },
      scale: { nice: false, zero: false },
    },
    y: { field: "peak_memory_mib", type: "quantitative", title: "Peak memory (MiB)", axis: { tickCount: 6 } },
  };
  const { marks, lines } = series("mini_batch_size", "Mini-batch", miniBatchSizes);
  return {
    name: "memory",
    title: "Peak memory by input size, one line for each mini-batch size",
    data,
    spec: {
      ...COLUMN,
      layer: [...lines(axes), { mark: "point", encoding: { ...axes, ...marks } }],
    },
  };
}
