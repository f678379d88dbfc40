import type { AnsweringLaw } from "./law/answering-law.js";
import type { QuantityFit } from "./quantity-fit.js";

/** A law that errs by less is trusted, however well trials repeat. */
const TRUSTED = 0.05;
/** So many noise floors are no sign against a law: the median of a cell scatters, too. */
const NOISE_FLOORS = 2;

/**
 * What plans are made with at an input size: law and deviation, or where there are too few cells for them the form that
 * answers there; undefined where nothing does.
 */
export function planningLaw(quantity: QuantityFit, inputSizePx: number): AnsweringLaw | undefined {
  return quantity.law()?.answering(inputSizePx) ?? quantity.formAt(inputSizePx);
}

/** By how much a law of a quantity may err on a cell that it has not seen and still be trusted, as a ratio. */
export function tolerance({ noiseFloor }: QuantityFit): number {
  return Math.max(TRUSTED, NOISE_FLOORS * (noiseFloor ?? 0));
}

/** |ln| of a cell's median over what a law fitted without it predicts; infinite where there is no such law. */
export function leftOutErrorAt(law: AnsweringLaw, inputSizePx: number, miniBatchSize: number): number {
  return Math.abs(Math.log(law.leftOutRatio(inputSizePx, miniBatchSize) ?? 0));
}

/** Whether a quantity's law, fitted without a measured cell, predicts it. */
export function isPredicted(quantity: QuantityFit, inputSizePx: number, miniBatchSize: number): boolean {
  const law = planningLaw(quantity, inputSizePx);
  return law !== undefined && leftOutErrorAt(law, inputSizePx, miniBatchSize) <= tolerance(quantity);
}
