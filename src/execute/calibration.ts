import { groupBy } from "../core/group-by.js";
import { largestOf } from "../core/largest-of.js";
import { median, sorted } from "../core/statistics.js";
import type { ExecutionRow } from "../dataset/tables.js";

/** Predicted against measured of one executed plan. */
export interface ExecutedPlan {
  readonly planId: string;
  readonly devices: number;
  readonly predictedFinishMs: number;
  /** Undefined if a device failed. */
  readonly measuredFinishMs: number | undefined;
  readonly deadline: "met" | "missed" | undefined;
}

/** How well plans were predicted. */
export interface Calibration {
  readonly plans: readonly ExecutedPlan[];
  /** Devices that finished. */
  readonly devices: number;
  /** Median over the devices of measured over predicted finish; undefined without any. */
  readonly medianRatio: number | undefined;
  /** Median over the devices of |measured − predicted| over predicted. */
  readonly medianError: number | undefined;
  /** The share of devices whose finish fell into its 90 % prediction interval; undefined where none has one. */
  readonly coverage: number | undefined;
}

/** Holds predictions against measurements, over all executions that a dataset has. */
export function calibrationOf(rows: readonly ExecutionRow[]): Calibration {
  const plans = [...groupBy(rows, ({ planId }) => planId)].map(([planId, devices]): ExecutedPlan => {
    const measured = devices.flatMap(({ measuredFinishMs }) =>
      measuredFinishMs === undefined ? [] : [measuredFinishMs],
    );
    const verdicts = new Set(devices.map(({ deadline }) => deadline));
    return {
      planId,
      devices: devices.length,
      predictedFinishMs: largestOf(devices.map(({ predictedFinishMs }) => predictedFinishMs)),
      measuredFinishMs: measured.length === devices.length ? largestOf(measured) : undefined,
      deadline: verdicts.has("missed") ? "missed" : verdicts.has("met") ? "met" : undefined,
    };
  });
  const finished = rows.flatMap(({ measuredFinishMs, predictedFinishMs, predictedLowMs, predictedHighMs }) =>
    measuredFinishMs === undefined ? [] : [{ measuredFinishMs, predictedFinishMs, predictedLowMs, predictedHighMs }],
  );
  const ratios = sorted(
    finished.map(({ measuredFinishMs, predictedFinishMs }) => measuredFinishMs / predictedFinishMs),
  );
  const inside = finished.flatMap(({ measuredFinishMs, predictedLowMs, predictedHighMs }) =>
    predictedLowMs === undefined || predictedHighMs === undefined
      ? []
      : [measuredFinishMs >= predictedLowMs && measuredFinishMs <= predictedHighMs],
  );
  return {
    plans,
    devices: finished.length,
    medianRatio: ratios.length > 0 ? median(ratios) : undefined,
    medianError: ratios.length > 0 ? median(sorted(ratios.map((ratio) => Math.abs(ratio - 1)))) : undefined,
    coverage: inside.length > 0 ? inside.filter(Boolean).length / inside.length : undefined,
  };
}
