import { seededRandom } from "../core/seeded-random.js";
import { median, quantile, type Sorted, sorted } from "../core/statistics.js";
import type { Basis } from "./basis.js";
import { cellsAtSize } from "./cells-at-size.js";
import { noiseResiduals } from "./cross-validation.js";
import type { QuantityFit } from "./quantity-fit.js";
import { isPredicted } from "./trusted-law.js";

const SEED = 1;

type Law = (miniBatchSize: number) => number;
/** Undefined where nothing is known. */
type Value = (miniBatchSize: number) => number | undefined;

/** A quantity at one input size as a function of the mini-batch size, on a basis. */
export function valueAt(
  quantity: QuantityFit,
  inputSizePx: number,
  basis: Exclude<Basis, { readonly kind: "worst" }>,
): Value {
  const cells = cellsAtSize(quantity, inputSizePx);
  const fitted = quantity.lawAt(inputSizePx);
  const law: Law = (miniBatchSize) => fitted?.extrapolate(inputSizePx, miniBatchSize) ?? Number.NaN;
  const typical = throughCells(law, mediansOf(cells));
  switch (basis.kind) {
    case "typical":
      return typical;
    case "upper":
      return upperBound(quantity, inputSizePx, basis.confidence, cells, typical);
    case "resample": {
      // A resample can bend a law below 0 where it is near it; there it says nothing.
      const resampledLaw: Law = (miniBatchSize) => {
        const value = fitted?.resampled(basis.index, inputSizePx, miniBatchSize) ?? Number.NaN;
        return value > 0 ? value : law(miniBatchSize);
      };
      return throughCells(resampledLaw, resampledMedians(cells, law, resampledLaw, inputSizePx, basis.index));
    }
  }
}

/**
 * The medians at measured cells; between two of them the law times what the cells are over it, the ratio interpolated
 * in logarithms, so that it runs through both. The law itself where nothing was measured on either side.
 */
export function throughCells(law: Law, medians: ReadonlyMap<number, number>): Value {
  const sizes = [...medians.keys()];
  return (miniBatchSize) => {
    const measured = medians.get(miniBatchSize);
    if (measured !== undefined) return measured;
    const predicted = law(miniBatchSize);
    const above = sizes.findIndex((size) => size > miniBatchSize);
    const [low, high] = [sizes[above - 1], sizes[above]];
    if (low === undefined || high === undefined) return finite(predicted);
    const deviation = (size: number) => Math.log((medians.get(size) ?? Number.NaN) / law(size));
    const share = Math.log(miniBatchSize / low) / Math.log(high / low);
    return finite(predicted * Math.exp((1 - share) * deviation(low) + share * deviation(high)));
  };
}

/**
 * What a new process stays below with a confidence: what is typical times how repeated processes differ, and between
 * measured cells how far the law errs on left-out ones if that is more. Where the law predicts a cell, the cell counts as
 * no faster than the law: the one that a plan chooses is often one that came out fast by chance.
 */
function upperBound(
  quantity: QuantityFit,
  inputSizePx: number,
  p: number,
  cells: ReadonlyMap<number, Sorted>,
  typical: Value,
): Value {
  const fitted = quantity.lawAt(inputSizePx);
  const residuals = noiseResiduals(quantity.observations);
  const noise = residuals.length === 0 ? undefined : 1 + quantile(sorted(residuals), p);
  const outer = p < 0.5 ? Math.min : Math.max;
  return (miniBatchSize) => {
    const value = typical(miniBatchSize);
    if (value === undefined) return undefined;
    const predicted = fitted?.extrapolate(inputSizePx, miniBatchSize) ?? Number.NaN;
    if (cells.has(miniBatchSize) && noise !== undefined) {
      return noise * (isPredicted(quantity, inputSizePx, miniBatchSize) ? outer(value, predicted) : value);
    }
    const misfit = (fitted?.quantile(inputSizePx, miniBatchSize, p) ?? Number.NaN) / predicted;
    // A resample can bend a law below 0 where it is near it; there it says nothing.
    return misfit > 0 ? outer(value, predicted) * outer(noise ?? misfit, misfit) : value;
  };
}

function mediansOf(cells: ReadonlyMap<number, Sorted>): Map<number, number> {
  return new Map([...cells].map(([size, values]) => [size, median(values)]));
}

/** The median of each cell's trials drawn with replacement; a cell of one trial moves with the law. */
function resampledMedians(
  cells: ReadonlyMap<number, Sorted>,
  law: Law,
  resampledLaw: Law,
  inputSizePx: number,
  index: number,
): Map<number, number> {
  const random = seededRandom(SEED, `cells of ${inputSizePx} px ${index}`);
  return new Map(
    [...cells].map(([size, values]) => {
      if (values.length > 1) return [size, median(sorted(random.resample(values)))];
      const moved = resampledLaw(size) / law(size);
      return [size, median(values) * (moved > 0 ? moved : 1)];
    }),
  );
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) && value > 0 ? value : undefined;
}
