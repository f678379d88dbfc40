import type { FittedFunction } from "./fitted-function.js";
import type { QuantityFit } from "./quantity-fit.js";

/** A law that errs by less is trusted, however well trials repeat. */
const TRUSTED = 0.05;
/** So many noise floors are no sign against a law: the median of a cell scatters, too. */
const NOISE_FLOORS = 2;

/** By how much a law of a quantity may err on a cell that it has not seen and still be trusted, as a ratio. */
export function tolerance({ noiseFloor }: QuantityFit): number {
  return Math.max(TRUSTED, NOISE_FLOORS * (noiseFloor ?? 0));
}

/** |ln| of a cell's median over what a law fitted without it predicts; infinite where there is no such law. */
export function leftOutErrorAt(law: FittedFunction, inputSizePx: number, miniBatchSize: number): number {
  return Math.abs(Math.log(law.leftOutRatio(inputSizePx, miniBatchSize) ?? 0));
}

/** Whether a quantity's law, fitted without a measured cell, predicts it. */
export function isPredicted(quantity: QuantityFit, inputSizePx: number, miniBatchSize: number): boolean {
  const law = quantity.lawAt(inputSizePx);
  return law !== undefined && leftOutErrorAt(law, inputSizePx, miniBatchSize) <= tolerance(quantity);
}
