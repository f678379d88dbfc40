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
/** Up to so many devices each bar has room for its mini-batch size. */
const MOST_LABELS = 16;

/**
 * One bar for each device: its first mini-batch in full colour, then the others in a lighter one, and a rule at the
 * deadline. Of larger plans the first forty devices.
 */
export function planGanttFigure(devices: readonly GanttDevice[], deadlineMs: number | undefined): Figure {
  const shown = devices.slice(0, MOST_BARS);
  const data = shown.flatMap(({ type, miniBatchSize, warmupMs, finishMs }, index) => {
    const bar = { device: index + 1, type, mini_batch_size: miniBatchSize };
    const first = { ...bar, part: "first", start_ms: 0, end_ms: warmupMs };
    return finishMs > warmupMs ? [first, { ...bar, part: "later", start_ms: warmupMs, end_ms: finishMs }] : [first];
  });
  const types = [...new Set(shown.map(({ type }) => type))];
  const y = { field: "device", type: "ordinal", title: "Device", axis: { labelOverlap: "greedy" } };
  // Where no device has a second mini-batch, labels of none would have no scale.
  const labels = {
    transform: [
      { filter: "datum.part === 'later'" },
      { calculate: "(datum.start_ms + datum.end_ms) / 2", as: "middle_ms" },
    ],
    mark: { type: "text" },
    encoding: {
      y,
      x: { field: "middle_ms", type: "quantitative" },
      text: { field: "mini_batch_size" },
    },
  };
  const deadline = [
    { data: { values: [{}] }, mark: { type: "rule", strokeDash: [6, 2] }, encoding: { x: { datum: deadlineMs } } },
    {
      data: { values: [{}] }, // once, and not once for each row
      mark: { type: "text", align: "right", dx: -4, y: -8 },
      encoding: { x: { datum: deadlineMs }, text: { value: "deadline" } },
    },
  ];
  return {
    name: "plan-gantt",
    title: "What each device of the plan does until the deadline; in its bar, its mini-batch size",
    data,
    spec: {
      ...COLUMN,
      layer: [
        {
          mark: { type: "bar" },
          encoding: {
            y,
            x: { field: "start_ms", type: "quantitative", title: "Time (ms)" },
            x2: { field: "end_ms" },
            opacity: {
              field: "part",
              type: "ordinal",
              title: "Mini-batches",
              scale: { domain: ["first", "later"], range: [1, 0.3] },
              legend: { orient: "bottom" },
            },
            ...(types.length > 1 && {
              color: {
                field: "type",
                type: "nominal",
                title: "Device type",
                scale: { domain: types },
                legend: { orient: "bottom" },
              },
            }),
          },
        },
        ...(shown.length <= MOST_LABELS && data.some(({ part }) => part === "later") ? [labels] : []),
        ...(deadlineMs === undefined ? [] : deadline),
      ],
    },
  };
}
