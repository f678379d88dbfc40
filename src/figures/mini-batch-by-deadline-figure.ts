import { bestSchedule, type CapacityRule } from "../plan/question/capacity.js";
import type { DeviceType } from "../plan/question/device-type.js";
import { logAxis } from "./axis-ticks.js";
import type { Figure } from "./render-figure.js";
import { series } from "./series.js";
import { COLUMN } from "./theme.js";

const DEADLINES = 150;
/** Where no range is given: up to so many times the slowest first inference. */
const LONGEST = 100;

/**
 * The mini-batch size with which a device classifies most images until a deadline. Points and no line, because the best
 * size jumps: another one fits the deadline with less time left over.
 *
 * @param types their first workload is the one that is drawn
 * @param rangeUs default: from the fastest first inference to a hundred times the slowest one
 */
export function miniBatchByDeadlineFigure(
  types: readonly DeviceType[],
  rule: CapacityRule = {},
  [fromUs, toUs]: readonly [fromUs: number, toUs: number] = rangeOf(types),
): Figure {
  const deadlines = Array.from({ length: DEADLINES }, (_, index) =>
    Math.round(fromUs * (toUs / fromUs) ** (index / (DEADLINES - 1))),
  );
  const data = types.flatMap((type) =>
    deadlines.flatMap((deadlineUs) => {
      const schedule = bestSchedule(type, 0, deadlineUs, rule);
      if (schedule === undefined) return [];
      return [{ type: type.name, deadline_ms: deadlineUs / 1000, mini_batch_size: schedule.choice.miniBatchSize }];
    }),
  );
  const { marks } = series(
    "type",
    "Device",
    types.map(({ name }) => name),
  );
  return {
    name: "mini-batch-by-deadline",
    title: "Mini-batch size with which a device classifies most images, by deadline",
    data,
    spec: {
      ...COLUMN,
      mark: { type: "point" },
      encoding: {
        x: logAxis(
          "deadline_ms",
          "Deadline (ms)",
          data.map(({ deadline_ms }) => deadline_ms),
        ),
        y: { field: "mini_batch_size", type: "quantitative", title: "Best mini-batch size", scale: { zero: true } },
        ...(types.length > 1 && marks),
      },
    },
  };
}

function rangeOf(types: readonly DeviceType[]): readonly [fromUs: number, toUs: number] {
  const warmups = types.flatMap(({ choices: [choices = []] }) => choices.map(({ warmupUs }) => warmupUs));
  return [Math.min(...warmups), LONGEST * Math.max(...warmups)];
}
