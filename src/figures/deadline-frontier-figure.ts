import { logTicks } from "./axis-ticks.js";
import type { Figure } from "./render-figure.js";
import { COLUMN } from "./theme.js";

/** The fewest devices for a deadline. */
export interface FrontierPoint {
  readonly deadlineMs: number;
  readonly devices: number;
}

/** The fewest devices against the deadline: a staircase, both axes logarithmic. */
export function deadlineFrontierFigure(points: readonly FrontierPoint[], images: number): Figure {
  return {
    name: "deadline-frontier",
    title: `Fewest devices that classify ${images} images, by deadline`,
    data: points.map(({ deadlineMs, devices }) => ({ deadline_ms: deadlineMs, devices })),
    spec: {
      ...COLUMN,
      mark: { type: "line", interpolate: "step-after" },
      encoding: {
        x: {
          field: "deadline_ms",
          type: "quantitative",
          title: "Deadline (ms)",
          scale: { type: "log", nice: false },
          axis: { values: logTicks(points.map(({ deadlineMs }) => deadlineMs)) },
        },
        y: {
          field: "devices",
          type: "quantitative",
          title: "Devices",
          scale: { type: "log", nice: false },
          axis: { values: logTicks(points.map(({ devices }) => devices)) },
        },
      },
    },
  };
}
