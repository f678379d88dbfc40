import { groupBy } from "../../core/group-by.js";
import { cellOf, type Observation } from "../observation.js";

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
  let squaresWithin = LEAST_VARIANCE * observations.length;
  const cells = [...groupBy(observations, cellOf).values()].flatMap((values): CellMean[] => {
    const [first] = values;
    if (first === undefined) return [];
    const logs = values.map(({ value }) => {
      if (!(value > 0)) throw new RangeError(`law: value ${value}, allowed are numbers above 0`);
      return Math.log(value);
    });
    const meanLog = logs.reduce((sum, log) => sum + log, 0) / logs.length;
    squaresWithin += logs.reduce((sum, log) => sum + (log - meanLog) ** 2, 0);
    return [{ inputSizePx: first.inputSizePx, miniBatchSize: first.miniBatchSize, trials: logs.length, meanLog }];
  });
  return { cells, trials: observations.length, squaresWithin };
}
