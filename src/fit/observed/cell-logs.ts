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

/** The logarithms of cells that have two or more: only these say how far processes are apart. */
export function repeatedCells(observations: readonly Observation[]): CellLogs[] {
  return [...cellLogs(observations).values()].filter(({ logs }) => logs.length > 1);
}

/** How many independent squares say the variance within groups: their values less one for each group. */
export function degreesWithin(groups: readonly Pick<CellLogs, "logs">[]): number {
  return groups.reduce((sum, { logs }) => sum + Math.max(0, logs.length - 1), 0);
}

/** The variance within groups, pooled; undefined where no group has two values. */
export function varianceWithin(groups: readonly Pick<CellLogs, "logs">[]): number | undefined {
  const degrees = degreesWithin(groups);
  return degrees === 0 ? undefined : groups.reduce((sum, { logs }) => sum + squaresOf(logs), 0) / degrees;
}
