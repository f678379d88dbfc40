import { cellLogs, meanOf, squaresOf } from "../observed/cell-logs.js";
import type { Observation } from "../observed/observation.js";

/** The trials of one cell: how many, and the mean of their logarithms. */
export interface CellMean {
  readonly inputSizePx: number;
  readonly miniBatchSize: number;
  readonly trials: number;
  readonly meanLog: number;
}

/** What a law is fitted to: logarithms, so that relative errors count alike in small and in large cells. */
export interface CellMeans {
  readonly cells: readonly CellMean[];
  /** Of all cells. */
  readonly trials: number;
  /** Σ (ln value − mean of its cell)². */
  readonly squaresWithin: number;
}

/** Repeated values that are equal to the last digit still have a noise of rounding. */
const LEAST_VARIANCE = 1e-12;

/** @throws RangeError if a value is not above 0 */
export function cellMeans(observations: readonly Observation[]): CellMeans {
  const wrong = observations.find(({ value }) => !(value > 0));
  if (wrong !== undefined) throw new RangeError(`law: value ${wrong.value}, allowed are numbers above 0`);
  const cells = [...cellLogs(observations).values()];
  return {
    cells: cells.map(({ logs, ...cell }) => ({ ...cell, trials: logs.length, meanLog: meanOf(logs) })),
    trials: observations.length,
    squaresWithin: cells.reduce((sum, { logs }) => sum + squaresOf(logs), LEAST_VARIANCE * observations.length),
  };
}
