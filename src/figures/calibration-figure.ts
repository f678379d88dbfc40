import { groupBy } from "../core/group-by.js";
import type { ExecutionRow } from "../dataset/tables.js";
import type { Figure } from "./render-figure.js";
import { COLUMN } from "./theme.js";

/** All bars side by side. */
const BARS_PT = 160;
const MOST_LABELS = 12;

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
  const axis = { values: labelledPlans(plans), labelAngle: 0 };
  const x = { field: "plan", type: "ordinal", title: "Executed plan", axis };
  // Plans from few trials have no interval; bars of none would have no scale.
  const bars = {
    mark: { type: "rule", strokeWidth: Math.min(4, BARS_PT / plans), opacity: 0.25 },
    transform: [{ filter: "isValid(datum.low) && isValid(datum.high)" }],
  };
  const y = { type: "quantitative", title: "Finish, measured over predicted", scale: { zero: false } };
  return {
    name: "calibration",
    title: "Measured over predicted finish of each device (points) and the 90 % prediction intervals (bars)",
    data,
    spec: {
      ...COLUMN,
      layer: [
        ...(data.some((point) => "low" in point)
          ? [{ ...bars, encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" } } }]
          : []),
        {
          data: { values: [{}] },
          mark: { type: "rule", color: "#666666", strokeDash: [4, 3] },
          encoding: { y: { datum: 1 } },
        },
        { mark: { type: "point", filled: true, size: 18 }, encoding: { x, y: { ...y, field: "ratio" } } },
      ],
    },
  };
}
