import { groupBy } from "../core/group-by.js";
import { type Sorted, sorted } from "../core/statistics.js";
import type { QuantityFit } from "./quantity-fit.js";

/** The measured values of each cell of an input size, by mini-batch size, smallest first. */
export function cellsAtSize({ observations }: QuantityFit, inputSizePx: number): Map<number, Sorted> {
  const atSize = observations.filter((seen) => seen.inputSizePx === inputSizePx);
  return new Map(
    [...groupBy(atSize, ({ miniBatchSize }) => miniBatchSize)]
      .sort(([a], [b]) => a - b)
      .map(([miniBatchSize, values]) => [miniBatchSize, sorted(values.map(({ value }) => value))]),
  );
}
