import { groupBy } from "../core/group-by.js";
import type { TrialRow } from "../dataset/tables.js";
import { cellOf, type Observation } from "../fit/observation.js";

/** The natural logarithms of a quantity at one cell, one per process. */
export interface CellLogs {
  readonly inputSizePx: number;
  readonly miniBatchSize: number;
  readonly logs: readonly number[];
}

/** The logarithms of what the trials of one side measured, by `cellOf`; what was not measured, or is not above 0, is left out. */
export function cellLogs(
  trials: readonly TrialRow[],
  quantityOf: (trial: TrialRow) => number | undefined,
): Map<string, CellLogs> {
  const observations = trials.flatMap((trial): Observation[] => {
    const value = trial.status === "ok" ? quantityOf(trial) : undefined;
    return value === undefined || !(value > 0) ? [] : [{ ...trial, value }];
  });
  const cells = groupBy(observations, cellOf);
  return new Map(
    [...cells].flatMap(([cell, [first, ...others]]) => {
      if (first === undefined) return [];
      const { inputSizePx, miniBatchSize } = first;
      return [[cell, { inputSizePx, miniBatchSize, logs: [first, ...others].map(({ value }) => Math.log(value)) }]];
    }),
  );
}
