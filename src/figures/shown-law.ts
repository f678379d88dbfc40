import type { Interval } from "../core/statistics.js";
import type { FittedFunction } from "../fit/fitted-function.js";
import type { QuantityFit } from "../fit/quantity-fit.js";
import type { ShownLaw } from "./fitted-law-figure.js";
import { linePoints, lineSizes } from "./line-points.js";
import type { ShownQuantity } from "./shown-quantity.js";

/** What plans are made with at an input size beside the study's line; where there is no other law, the line alone. */
export function shownLaw(
  { law, observations }: QuantityFit,
  line: FittedFunction,
  inputSizePx: number,
  quantity: ShownQuantity,
): ShownLaw {
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
  const formula = formulaOf(line, quantity);
  return {
    inputSizePx,
    quantity,
    law: form === undefined ? formula : `law and deviation: ${form}`,
    line: form === undefined ? undefined : { formula, points: linePoints(inputSizePx, line) },
    band: lineSizes(line.domain).flatMap((miniBatchSize) => {
      const [fitted, band] = [valueAt(miniBatchSize), bandAt(miniBatchSize)];
      return fitted === undefined || band === undefined ? [] : [{ miniBatchSize, fitted, ...band }];
    }),
    trials: measured.flatMap(({ miniBatchSize, value }) => {
      const fitted = valueAt(miniBatchSize);
      return fitted === undefined ? [] : [{ miniBatchSize, measured: value, fitted }];
    }),
  };
}

/** The formula of a line in the mini-batch size b, such as `L = 1.47 + 5.22 b`, with its unit. */
function formulaOf({ formula }: FittedFunction, { symbol, unit }: ShownQuantity): string {
  return `${formula
    .replace(/^\w+ =/, `${symbol} =`)
    .replace("= − ", "= −")
    .replaceAll(/\bmbs\b/g, "b")} (${unit})`;
}
