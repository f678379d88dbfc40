import { seededRandom } from "../core/seeded-random.js";
import { median, quantile, type Sorted, sorted } from "../core/statistics.js";
import { confidenceOfEach, type FunctionBasis, type Value } from "./basis.js";
import { cellsAtSize } from "./cells-at-size.js";
import { noiseResiduals } from "./cross-validation.js";
import type { QuantityFit } from "./quantity-fit.js";
import { isPredicted } from "./trusted-law.js";

const SEED = 1;

/**
 * A quantity at one input size where there are too few cells for law and deviation: the medians at measured cells, and
 * between them the form that answers there.
 */
export function formValueAt(quantity: QuantityFit, inputSizePx: number, basis: FunctionBasis): Value {
  const cells = cellsAtSize(quantity, inputSizePx);
  const fitted = quantity.formAt(inputSizePx);
  const law: Value = (miniBatchSize) => fitted?.extrapolate(inputSizePx, miniBatchSize);
  const typical = throughCells(law, mediansOf(cells));
  switch (basis.kind) {
    case "typical":
      return typical;
    case "upper":
      // As if their noises were their own, and the form were right.
      return quantileAt(quantity, inputSizePx, confidenceOfEach(basis.confidence, basis.processes), cells, typical);
    case "quantile":
      return quantileAt(quantity, inputSizePx, basis.share, cells, typical);
    case "resample": {
      // A resample can bend a law below 0 where it is near it; there it says nothing.
      const resampledLaw: Value = (miniBatchSize) => {
        const value = fitted?.resampled(basis.index, inputSizePx, miniBatchSize);
        return value !== undefined && value > 0 ? value : law(miniBatchSize);
      };
      return throughCells(resampledLaw, resampledMedians(cells, law, resampledLaw, inputSizePx, basis.index));
    }
  }
}

/**
 * The medians at measured cells; between two of them the law times what the cells are over it, the ratio interpolated
 * in logarithms, so that it runs through both. The law itself where nothing was measured on either side.
 */
export function throughCells(law: Value, medians: ReadonlyMap<number, number>): Value {
  const sizes = [...medians.keys()];
  return (miniBatchSize) => {
    const measured = medians.get(miniBatchSize);
    if (measured !== undefined) return measured;
    const predicted = law(miniBatchSize);
    const above = sizes.findIndex((size) => size > miniBatchSize);
    const [low, high] = [sizes[above - 1], sizes[above]];
    if (predicted === undefined || low === undefined || high === undefined) return positive(predicted);
    const [below, beyond] = [low, high].map((size) => ratio(medians.get(size), law(size)));
    if (below === undefined || beyond === undefined) return undefined;
    const share = Math.log(miniBatchSize / low) / Math.log(high / low);
    return positive(predicted * Math.exp((1 - share) * Math.log(below) + share * Math.log(beyond)));
  };
}

/**
 * What a share p of new processes stay below: what is typical times how repeated processes differ, and between
 * measured cells how far the law errs on left-out ones if that is more. Where the law predicts a cell, the cell counts
 * as no faster than the law: the one that a plan chooses is often one that came out fast by chance.
 */
function quantileAt(
  quantity: QuantityFit,
  inputSizePx: number,
  p: number,
  cells: ReadonlyMap<number, Sorted>,
  typical: Value,
): Value {
  const fitted = quantity.formAt(inputSizePx);
  const residuals = noiseResiduals(quantity.observations);
  const noise = residuals.length === 0 ? undefined : 1 + quantile(sorted(residuals), p);
  const outer = p < 0.5 ? Math.min : Math.max;
  return (miniBatchSize) => {
    const value = typical(miniBatchSize);
    if (value === undefined) return undefined;
    const predicted = fitted?.extrapolate(inputSizePx, miniBatchSize);
    if (cells.has(miniBatchSize) && noise !== undefined) {
      const isKnown = predicted !== undefined && isPredicted(quantity, inputSizePx, miniBatchSize);
      return noise * (isKnown ? outer(value, predicted) : value);
    }
    // A resample can bend a law below 0 where it is near it; there it says nothing.
    const misfit = ratio(fitted?.quantile(inputSizePx, miniBatchSize, p), predicted);
    if (predicted === undefined || misfit === undefined) return value;
    return outer(value, predicted) * outer(noise ?? misfit, misfit);
  };
}

function mediansOf(cells: ReadonlyMap<number, Sorted>): Map<number, number> {
  return new Map([...cells].map(([size, values]) => [size, median(values)]));
}

/** The median of each cell's trials drawn with replacement; a cell of one trial moves with the law. */
function resampledMedians(
  cells: ReadonlyMap<number, Sorted>,
  law: Value,
  resampledLaw: Value,
  inputSizePx: number,
  index: number,
): Map<number, number> {
  const random = seededRandom(SEED, `cells of ${inputSizePx} px ${index}`);
  return new Map(
    [...cells].map(([size, values]) => {
      if (values.length > 1) return [size, median(sorted(random.resample(values)))];
      return [size, median(values) * (ratio(resampledLaw(size), law(size)) ?? 1)];
    }),
  );
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 && Number.isFinite(value) ? value : undefined;
}

/** Undefined where one of them is not known or the ratio is not above 0. */
function ratio(value: number | undefined, of: number | undefined): number | undefined {
  return value === undefined || of === undefined ? undefined : positive(value / of);
}
