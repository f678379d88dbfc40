import { counted } from "../core/counted.js";
import { deadlineFrontier } from "../plan/explore/deadline-frontier.js";
import type { CapacityRule } from "../plan/question/capacity.js";
import type { DeviceType } from "../plan/question/device-type.js";
import { logAxis } from "./axis-ticks.js";
import type { Figure } from "./render-figure.js";
import { COLUMN } from "./theme.js";

/** How much further than its last corner the staircase is drawn. */
const BEYOND_LAST = 1.5;

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
  return {
    name: "deadline-frontier",
    title: `Fewest devices that classify ${counted(images, "image")}, by deadline`,
    data,
    spec: {
      ...COLUMN,
      mark: { type: "line", interpolate: "step-after" },
      encoding: {
        x: logAxis(
          "deadline_ms",
          "Deadline (ms)",
          data.map(({ deadline_ms }) => deadline_ms),
        ),
        y: logAxis(
          "devices",
          "Devices",
          data.map(({ devices }) => devices),
        ),
      },
    },
  };
}
