import type { Interval } from "../core/statistics.js";
import type { FittedFunction } from "../fit/fitted-function.js";
import type { QuantityFit } from "../fit/quantity-fit.js";
import type { FittedLaw } from "./fitted-law-figure.js";
import { linePoints, lineSizes } from "./line-points.js";

/** What plans are made with at an input size beside the study's line; where there is no other law, the line alone. */
export function shownLaw({ law, observations }: QuantityFit, line: FittedFunction, inputSizePx: number): FittedLaw {
  const planned = law();
  const form = planned?.answering(inputSizePx)?.form;
  const measured = observations.filter((seen) => seen.inputSizePx === inputSizePx);
  const valueAt = (miniBatchSize: number) =>
    planned === undefined ? line.predict(inputSizePx, miniBatchSize) : planned.at(inputSizePx, miniBatchSize)?.value;
  const bandAt = (miniBatchSize: number): Interval | undefined => {
    if (planned !== undefined) return planned.at(inputSizePx, miniBatchSize)?.ofProcess(0.95);
    const [low, high] = [0.025, 0.975].map((p) => line.quantile(inputSizePx, miniBatchSize, p));
    return low === undefined || high === undefined ? undefined : { low, high };
  };
  return {
    inputSizePx,
    law: form === undefined ? line.formula : `law and deviation (${form})`,
    line: form === undefined ? [] : linePoints(inputSizePx, line),
    band: lineSizes(line.domain).flatMap((miniBatchSize) => {
      const [fittedMs, band] = [valueAt(miniBatchSize), bandAt(miniBatchSize)];
      return fittedMs === undefined || band === undefined
        ? []
        : [{ miniBatchSize, fittedMs, lowMs: band.low, highMs: band.high }];
    }),
    trials: measured.flatMap(({ miniBatchSize, value: measuredMs }) => {
      const fittedMs = valueAt(miniBatchSize);
      return fittedMs === undefined ? [] : [{ miniBatchSize, measuredMs, fittedMs }];
    }),
  };
}
