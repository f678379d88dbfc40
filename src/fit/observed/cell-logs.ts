import { groupBy } from "../../core/group-by.js";
import { cellOf, type Observation } from "./observation.js";

/** The natural logarithms of a quantity at one cell, one per process. */
export interface CellLogs {
  readonly inputSizePx: number;
  readonly miniBatchSize: number;
  readonly logs: readonly number[];
}

/** The logarithms of observations, by `cellOf`; what is not above 0 is left out. */
export function cellLogs(observations: readonly Observation[]): Map<string, CellLogs> {
  const cells = groupBy(
    observations.filter(({ value }) => value > 0),
    cellOf,
  );
  return new Map(
    [...cells].flatMap(([cell, [first, ...others]]) => {
      if (first === undefined) return [];
      const { inputSizePx, miniBatchSize } = first;
      return [[cell, { inputSizePx, miniBatchSize, logs: [first, ...others].map(({ value }) => Math.log(value)) }]];
    }),
  );
}

/** The mean of a cell's logarithms. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Σ (value − mean)². */
export function squaresOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}
