import { onceForEach } from "../core/once-for-each.js";
import { seededRandom } from "../core/seeded-random.js";
import type { FunctionBasis, Value } from "./basis.js";
import { drawnRatios } from "./drawn-ratios.js";
import { formValueAt } from "./form-value-at-size.js";
import type { FittedLaw } from "./law/fit-law.js";
import type { SharedNoise } from "./law/law-prediction.js";
import type { QuantityFit } from "./quantity-fit.js";

/**
 * A quantity at one input size as a function of the mini-batch size, on a basis: law and deviation; where there are too
 * few cells for them, what was measured and between cells the form that answers there.
 *
 * @param shared what new processes share beside the function's own error; not asked for where the basis is typical
 */
export function valueAt(
  quantity: QuantityFit,
  inputSizePx: number,
  basis: FunctionBasis,
  shared: () => SharedNoise,
): Value {
  const law = quantity.law();
  return onceForEach(
    law?.answering(inputSizePx) === undefined
      ? formValueAt(quantity, inputSizePx, basis)
      : lawValueAt(quantity, law, { inputSizePx, basis, shared }),
  );
}

function lawValueAt(
  quantity: QuantityFit,
  law: FittedLaw,
  { inputSizePx, basis, shared }: { inputSizePx: number; basis: FunctionBasis; shared: () => SharedNoise },
): Value {
  const typical: Value = (miniBatchSize) => law.answering(inputSizePx)?.extrapolate(inputSizePx, miniBatchSize);
  switch (basis.kind) {
    case "typical":
      return typical;
    case "upper":
      return (miniBatchSize) =>
        law.at(inputSizePx, miniBatchSize)?.slowestOf(basis.processes ?? 1, basis.confidence, shared());
    case "quantile":
      return (miniBatchSize) => law.at(inputSizePx, miniBatchSize)?.slowestOf(1, basis.share, shared());
    case "resample": {
      const ratioAt = drawnRatios(quantity, law, inputSizePx, basis.index);
      const ofMean = drawnMean(shared(), basis.index);
      return (miniBatchSize) => {
        const value = typical(miniBatchSize);
        return value && value * ratioAt(miniBatchSize) * ofMean;
      };
    }
  }
}

const SEED = 1;

/** How far the mean of all that was measured may be off, of latency and warm-up alike. */
function drawnMean({ meanVariance }: SharedNoise, index: number): number {
  return Math.exp(Math.sqrt(meanVariance) * seededRandom(SEED, `mean ${index}`).normal());
}
