import { logTicks } from "./axis-ticks.js";
import type { Figure } from "./render-figure.js";
import { series } from "./series.js";
import { COLUMN } from "./theme.js";

/** The mini-batch size with which a device of a type classifies most images until a deadline. */
export interface ChosenMiniBatch {
  readonly type: string;
  readonly deadlineMs: number;
  readonly miniBatchSize: number;
}

/** The mini-batch size of largest capacity against the deadline, one line for each device type. */
export function miniBatchByDeadlineFigure(points: readonly ChosenMiniBatch[]): Figure {
  const types = [...new Set(points.map(({ type }) => type))];
  const axes = {
    x: {
      field: "deadline_ms",
      type: "quantitative",
      title: "Deadline (ms)",
      scale: { type: "log", nice: false },
      axis: { values: logTicks(points.map(({ deadlineMs }) => deadlineMs)) },
    },
    y: { field: "mini_batch_size", type: "quantitative", title: "Mini-batch size", scale: { zero: true } },
  };
  const { marks, lines } = series("type", "Device", types);
  return {
    name: "mini-batch-by-deadline",
    title: "Mini-batch size with which a device classifies most images, by deadline",
    data: points.map(({ type, deadlineMs, miniBatchSize }) => ({
      type,
      deadline_ms: deadlineMs,
      mini_batch_size: miniBatchSize,
    })),
    spec: {
      ...COLUMN,
      layer: [...lines(axes), { mark: { type: "point", size: 12 }, encoding: { ...axes, ...marks } }],
    },
  };
}
