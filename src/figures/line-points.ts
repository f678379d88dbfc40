import type { Domain, FittedFunction } from "../fit/fitted-function.js";
import type { CellValue } from "./fitted-lines-figure.js";

/** Points of a fitted line, enough to look smooth on a logarithmic axis. */
const LINE_STEPS = 40;

/** Mini-batch sizes from the smallest to the largest that was measured, evenly spaced on a logarithmic axis. */
export function lineSizes({ miniBatchSize: { low, high } }: Domain): number[] {
  return Array.from({ length: LINE_STEPS + 1 }, (_, step) => low * (high / low) ** (step / LINE_STEPS));
}

/** Points of a fitted function over the mini-batch sizes that were measured, evenly spaced on a logarithmic axis. */
export function linePoints(inputSizePx: number, fitted: FittedFunction): CellValue[] {
  return lineSizes(fitted.domain).flatMap((miniBatchSize) => {
    const value = fitted.predict(inputSizePx, miniBatchSize);
    return value === undefined ? [] : [{ inputSizePx, miniBatchSize, value }];
  });
}
