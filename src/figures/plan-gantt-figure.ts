import type { Figure } from "./render-figure.js";
import { COLUMN } from "./theme.js";

/** What one device of a plan does. */
export interface GanttDevice {
  readonly type: string;
  readonly miniBatchSize: number;
  readonly warmupMs: number;
  readonly finishMs: number;
}

/** Beyond so many devices their bars would be thinner than a line. */
const MOST_BARS = 40;

/**
 * One bar for each device: its first mini-batch, then the others, and a rule at the deadline. Of larger plans the first
 * forty devices.
 */
export function planGanttFigure(devices: readonly GanttDevice[], deadlineMs: number | undefined): Figure {
  const shown = devices.slice(0, MOST_BARS);
  const data = shown.flatMap(({ type, miniBatchSize, warmupMs, finishMs }, index) => [
    { device: index + 1, type, mini_batch_size: miniBatchSize, part: "first", start_ms: 0, end_ms: warmupMs },
    ...(finishMs > warmupMs
      ? [
          {
            device: index + 1,
            type,
            mini_batch_size: miniBatchSize,
            part: "further",
            start_ms: warmupMs,
            end_ms: finishMs,
          },
        ]
      : []),
  ]);
  const deadline =
    deadlineMs === undefined
      ? []
      : [{ mark: { type: "rule", strokeDash: [6, 2] }, encoding: { x: { datum: deadlineMs } } }];
  return {
    name: "plan-gantt",
    title: "What each device of the plan does until the deadline",
    data,
    spec: {
      ...COLUMN,
      layer: [
        {
          mark: { type: "bar" },
          encoding: {
            y: { field: "device", type: "ordinal", title: "Device", axis: { labelOverlap: "greedy" } },
            x: { field: "start_ms", type: "quantitative", title: "Time (ms)" },
            x2: { field: "end_ms" },
            color: {
              field: "part",
              type: "nominal",
              title: "Mini-batches",
              scale: { domain: ["first", "further"] },
            },
          },
        },
        ...deadline,
      ],
    },
  };
}
