import { groupBy } from "../core/group-by.js";
import { median, sorted } from "../core/statistics.js";
import type { TrialRow } from "../dataset/tables.js";
import { cellOf } from "../fit/observed/observation.js";

/** The trials that ended well. */
export function ended(trials: readonly TrialRow[]): TrialRow[] {
  return trials.filter(({ status }) => status === "ok");
}

/** The median and the range over the trials of each cell. */
export function cellTimes(trials: readonly TrialRow[], key: "steadyMedianMs" | "firstInferenceMs") {
  const measured = ended(trials).flatMap(({ inputSizePx, miniBatchSize, [key]: ms }) =>
    ms === undefined ? [] : [{ inputSizePx, miniBatchSize, ms }],
  );
  return [...groupBy(measured, cellOf).values()].flatMap((cell) => {
    const values = sorted(cell.map(({ ms }) => ms));
    return cell.slice(0, 1).map(({ inputSizePx, miniBatchSize, ms }) => ({
      inputSizePx,
      miniBatchSize,
      trials: values.length,
      medianMs: median(values),
      lowMs: values.at(0) ?? ms,
      highMs: values.at(-1) ?? ms,
    }));
  });
}
