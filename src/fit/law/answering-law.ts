import { once } from "../../core/once.js";
import { median, sorted } from "../../core/statistics.js";
import { cellOf } from "../observed/observation.js";
import type { CellMeans } from "./cell-means.js";
import type { WeightedLaw } from "./law-prediction.js";
import { leftOutLogs } from "./left-out-cells.js";
import { onceForEachCell } from "./once-for-each-cell.js";

/** What answers at an input size, and how it errs on cells that it has not seen. */
export interface AnsweringLaw {
  /** The name of the law that says most. */
  readonly form: string;
  /** Median absolute relative error on cells that were left out, as a ratio; undefined where none can be. */
  readonly leftOutError: number | undefined;
  /** What was measured at a cell over what is predicted without it; undefined where nothing is. */
  leftOutRatio(inputSizePx: number, miniBatchSize: number): number | undefined;
  /** The median over processes. */
  extrapolate(inputSizePx: number, miniBatchSize: number): number | undefined;
}

/** What laws say together of cells; undefined where there is none. */
export function answeringLaw(parts: readonly WeightedLaw[], means: CellMeans): AnsweringLaw | undefined {
  const [first] = parts;
  if (first === undefined) return undefined;
  const leftOut = once(() => leftOutOf(parts, means));
  return {
    form: first.kriged.law.name,
    get leftOutError() {
      const errors = [...leftOut().values()].map((log) => Math.abs(Math.expm1(log)));
      return errors.length === 0 ? undefined : median(sorted(errors));
    },
    leftOutRatio(inputSizePx, miniBatchSize) {
      const log = leftOut().get(cellOf({ inputSizePx, miniBatchSize }));
      return log === undefined ? undefined : Math.exp(log);
    },
    extrapolate: onceForEachCell((inputSizePx, miniBatchSize) =>
      Math.exp(
        parts.reduce(
          (sum, { kriged, weight }) => sum + weight * (kriged.meanAt(inputSizePx, miniBatchSize) ?? Number.NaN),
          0,
        ),
      ),
    ),
  };
}

/** By cell, ln of what was measured over what the laws say of it without it; not where they say nothing. */
function leftOutOf(parts: readonly WeightedLaw[], { cells }: CellMeans): Map<string, number> {
  const logs = parts.map(({ kriged, weight }) => ({ ofCells: leftOutLogs(kriged), weight }));
  return new Map(
    cells.flatMap((cell, index) => {
      const said = logs.flatMap(({ ofCells, weight }) => {
        const log = ofCells[index];
        return log === undefined ? [] : [{ log, weight }];
      });
      const total = said.reduce((sum, { weight }) => sum + weight, 0);
      if (total === 0) return [];
      return [[cellOf(cell), said.reduce((sum, { log, weight }) => sum + (weight / total) * log, 0)] as const];
    }),
  );
}
