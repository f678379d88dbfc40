import type { TrialRow } from "../dataset/tables.js";
import { type CellLogs, cellLogs } from "../fit/observed/cell-logs.js";

/**
 * The logarithms of what the trials of one side measured, by `cellOf`; what was not measured, or is not above 0, is
 * left out.
 */
export function logsOfTrials(
  trials: readonly TrialRow[],
  quantityOf: (trial: TrialRow) => number | undefined,
): Map<string, CellLogs> {
  return cellLogs(
    trials.flatMap((trial) => {
      const value = trial.status === "ok" ? quantityOf(trial) : undefined;
      return value === undefined ? [] : [{ ...trial, value }];
    }),
  );
}
