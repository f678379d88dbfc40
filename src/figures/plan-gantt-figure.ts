import { axisTitle } from "./axes.js";
import type { Figure, Position, Unit } from "./figure.js";
import { legendAt } from "./legend.js";
import { figureNote } from "./panel-heading.js";

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
const PARTS = ["first", "later"];

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
  const isLabelled = shown.length <= MOST_LABELS && data.some(({ part }) => part === "later");
  return {
    name: "plan-gantt",
    title: "What each device of the plan does until the deadline",
    notes: [
      "In full colour the first mini-batch, the warm-up; in a lighter one all others.",
      ...(isLabelled ? ["The number in a bar is its mini-batch size."] : []),
      ...(deadlineMs === undefined ? [] : ["The dashed line is the deadline."]),
      ...(devices.length > shown.length ? [`Of ${devices.length} devices the first ${shown.length} are shown.`] : []),
    ],
    shape: { width: "column", plotHeightPx: ({ linePx }) => Math.max(90, Math.min(240, linePx * shown.length)) },
    data,
    spec: (layout) => {
      const y: Position = {
        field: "device",
        type: "ordinal",
        title: axisTitle("Device", layout, "y"),
        axis: { labelOverlap: "greedy" },
      };
      // Where no device has a second mini-batch, labels of none would have no scale.
      const labels: Unit = {
        transform: [
          { filter: "datum.part === 'later'" },
          { calculate: "(datum.start_ms + datum.end_ms) / 2", as: "middle_ms" },
        ],
        mark: { type: "text" },
        encoding: { y, x: { field: "middle_ms", type: "quantitative" }, text: { field: "mini_batch_size" } },
      };
      const deadline: Unit[] =
        deadlineMs === undefined
          ? []
          : [
              {
                data: { values: [{}] }, // once, and not once for each row
                mark: { type: "rule", strokeDash: [6, 2] },
                encoding: { x: { datum: deadlineMs, type: "quantitative" } },
              },
              {
                data: { values: [{}] },
                mark: { type: "text", align: "right", dx: -4, y: -8 },
                encoding: { x: { datum: deadlineMs, type: "quantitative" }, text: { value: "deadline" } },
              },
            ];
      return {
        width: layout.plot.widthPx,
        height: layout.plot.heightPx,
        title: figureNote("Full colour: the first mini-batch; light: the others", layout),
        layer: [
          {
            mark: { type: "bar" },
            encoding: {
              y,
              x: {
                field: "start_ms",
                type: "quantitative",
                title: axisTitle("Time (ms)", layout, "x"),
                axis: { labelOverlap: "greedy" },
              },
              x2: { field: "end_ms" },
              opacity: {
                field: "part",
                type: "ordinal",
                scale: { domain: [...PARTS], range: [1, 0.3] },
                legend: null,
              },
              ...(types.length > 1 && {
                color: {
                  field: "type",
                  type: "nominal" as const,
                  title: "Device type",
                  scale: { domain: types, range: types.map((_, index) => layout.colour(index)) },
                  legend: legendAt(layout, "Device type", types, "below"),
                },
              }),
            },
          },
          ...(isLabelled ? [labels] : []),
          ...deadline,
        ],
      };
    },
  };
}
