import { counted } from "../core/counted.js";
import { deadlineFrontier } from "../plan/explore/deadline-frontier.js";
import type { CapacityRule } from "../plan/question/capacity.js";
import type { DeviceType } from "../plan/question/device-type.js";
import { axisTitle, ticksAt } from "./axes.js";
import { logTicks } from "./axis-ticks.js";
import type { Figure, Position } from "./figure.js";

/** How much further than its last corner the staircase is drawn. */
const BEYOND_LAST = 1.5;

/** Up to so many devices each has a tick. */
const MOST_COUNTED = 12;

/**
 * The fewest devices against the deadline: a staircase whose corners are exact, both axes logarithmic.
 *
 * @param types their first workload is the one that is drawn
 */
export function deadlineFrontierFigure(types: readonly DeviceType[], images: number, rule: CapacityRule = {}): Figure {
  const corners = deadlineFrontier(types, images, rule);
  const data = corners.map(({ deadlineUs, devices }) => ({ deadline_ms: deadlineUs / 1000, devices }));
  const last = data.at(-1);
  if (last !== undefined) data.push({ deadline_ms: last.deadline_ms * BEYOND_LAST, devices: last.devices });
  const values = (field: "deadline_ms" | "devices") => data.map((row) => row[field]);
  const most = Math.max(0, ...values("devices"));
  return {
    name: "deadline-frontier",
    title: `Fewest devices that classify ${counted(images, "image")}, by deadline`,
    notes: ["Corners are exact: with less time one device more is needed.", "Both axes are logarithmic."],
    shape: { width: "column" },
    data,
    spec: (layout) => {
      const axis = (field: "deadline_ms" | "devices", title: string, along: "x" | "y"): Position => ({
        field,
        type: "quantitative",
        title: axisTitle(title, layout, along),
        scale: { type: "log", nice: false },
        axis: ticksAt(field === "devices" && most <= MOST_COUNTED ? counting(most) : logTicks(values(field))),
      });
      return {
        width: layout.plot.widthPx,
        height: layout.plot.heightPx,
        mark: { type: "line", interpolate: "step-after" },
        encoding: { x: axis("deadline_ms", "Deadline (ms)", "x"), y: axis("devices", "Devices", "y") },
      };
    },
  };
}

function counting(most: number): number[] {
  return Array.from({ length: most }, (_, index) => index + 1);
}
