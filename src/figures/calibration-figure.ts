import { groupBy } from "../core/group-by.js";
import type { ExecutionRow } from "../dataset/tables.js";
import { axisTitle } from "./axes.js";
import type { Figure, Position } from "./figure.js";

const MOST_LABELS = 12;
/** All bars side by side take so much of the width. */
const BARS_SHARE = 0.7;

/** Every plan, or every fifth, tenth, …, so that their numbers have room. */
function labelledPlans(plans: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((each) => plans / each <= MOST_LABELS) ?? 1000;
  return Array.from({ length: Math.floor(plans / step) }, (_, index) => step * (index + 1));
}

/** Measured over predicted finish of every device, plan by plan in their order, with its 90 % prediction interval. */
export function calibrationFigure(rows: readonly ExecutionRow[]): Figure {
  const data = [...groupBy(rows, ({ planId }) => planId).values()].flatMap((devices, index) =>
    devices.flatMap(({ device, measuredFinishMs, predictedFinishMs, predictedLowMs, predictedHighMs }) =>
      measuredFinishMs === undefined
        ? []
        : [
            {
              plan: index + 1,
              device,
              ratio: measuredFinishMs / predictedFinishMs,
              ...(predictedLowMs !== undefined && { low: predictedLowMs / predictedFinishMs }),
              ...(predictedHighMs !== undefined && { high: predictedHighMs / predictedFinishMs }),
            },
          ],
    ),
  );
  const plans = Math.max(0, ...data.map(({ plan }) => plan));
  const hasIntervals = data.some((point) => "low" in point);
  return {
    name: "calibration",
    title: "Measured over predicted finish of each device of executed plans",
    notes: [
      `Points are ${data.length} devices of ${plans} plans; at the dashed line a device finished when it was predicted to.`,
      ...(hasIntervals ? ["Bars are 90 % prediction intervals: nine points in ten should lie within theirs."] : []),
    ],
    shape: { width: "column" },
    data,
    spec: (layout) => {
      const x: Position = {
        field: "plan",
        type: "ordinal",
        title: axisTitle("Executed plan", layout, "x"),
        axis: { values: labelledPlans(plans), labelAngle: 0, labelOverlap: "greedy" },
      };
      const y: Position = {
        type: "quantitative",
        title: axisTitle("Finish, measured over predicted", layout, "y"),
        scale: { zero: false },
      };
      return {
        width: layout.plot.widthPx,
        height: layout.plot.heightPx,
        layer: [
          // Plans from few trials have no interval; bars of none would have no scale.
          ...(hasIntervals
            ? [
                {
                  mark: {
                    type: "rule",
                    strokeWidth: Math.min(4, (BARS_SHARE * layout.plot.widthPx) / plans),
                    opacity: 0.25,
                  } as const,
                  transform: [{ filter: "isValid(datum.low) && isValid(datum.high)" }],
                  encoding: { x, y: { ...y, field: "low" } as const, y2: { field: "high" } },
                },
              ]
            : []),
          {
            data: { values: [{}] },
            mark: { type: "rule", strokeDash: [4, 3] },
            encoding: { y: { datum: 1, type: "quantitative" } },
          },
          { mark: { type: "point", size: 18 }, encoding: { x, y: { ...y, field: "ratio" } } },
        ],
      };
    },
  };
}
