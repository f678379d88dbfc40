import type { Interval } from "../core/statistics.js";
import { UserError } from "../core/user-error.js";

/** The input sizes and mini-batch sizes over which a function was fitted. */
export interface Domain {
  readonly inputSizePx: Interval;
  readonly miniBatchSize: Interval;
}

/** A function of input size and mini-batch size that was fitted to measurements: latency, warm-up or memory. */
export interface FittedFunction {
  /** What it predicts, with the unit: `latency_ms`, `warmup_ms`, `peak_memory_mib`. */
  readonly quantity: string;
  /** The name of its form, e.g. `linear in mbs, per size`. */
  readonly form: string;
  /** With its coefficients, for people to read; several lines where each input size has its own. */
  readonly formula: string;
  /** The same as LaTeX: s is the input size in px, b the mini-batch size. s² counts megapixels. */
  readonly latex: string;
  readonly coefficients: Readonly<Record<string, number>>;
  /** The coefficient of determination on the values that it was fitted to. */
  readonly rSquared: number;
  /** Median absolute relative error on cells left out of the fit, as a ratio; undefined with too few cells. */
  readonly leftOutError: number | undefined;
  /** How many trials were predicted by a fit that had not seen their cell; 0 with too few cells. */
  readonly leftOutTrials: number;
  /** How well a repeated process repeats itself, as a ratio; undefined where nothing was repeated. */
  readonly noiseFloor: number | undefined;
  readonly domain: Domain;
  /**
   * A measured cell's median over what a fit without that cell predicts for it; undefined where such a fit says nothing
   * or nothing above 0.
   */
  leftOutRatio(inputSizePx: number, miniBatchSize: number): number | undefined;
  /** The predicted value at a cell; undefined outside the domain by more than a factor of 1.5; see `requireInReach`. */
  predict(inputSizePx: number, miniBatchSize: number): number | undefined;
  /** The same at any distance from the domain; undefined where the form says nothing. */
  extrapolate(inputSizePx: number, miniBatchSize: number): number | undefined;
  /**
   * 95 % intervals of the coefficients by the jackknife over cells; with too few cells for that percentiles of
   * bootstrap replicates, trials resampled within their cells.
   */
  coefficientIntervals(): Readonly<Record<string, Interval>>;
  /**
   * The p-quantile of what a new trial at a cell will give: the coefficients' uncertainty (bootstrap) and the scatter
   * of trials around a function that had not seen their cell. `quantile(s, b, 0.95)` is a one-sided upper bound.
   * Undefined where the form says nothing.
   */
  quantile(inputSizePx: number, miniBatchSize: number, p: number): number | undefined;
  /**
   * The value by bootstrap replicate `index`, 0 to REPLICATES − 1; the same index is the same resample everywhere.
   * Undefined where the form says nothing.
   */
  resampled(index: number, inputSizePx: number, miniBatchSize: number): number | undefined;
}

/** How far outside its domain a function still answers, as a factor. */
const REACH = 1.5;

/** Why a function answers at a cell, or not: the first size that is too far outside its domain. */
export function outOfReach(
  { domain }: Pick<FittedFunction, "domain">,
  inputSizePx: number,
  miniBatchSize: number,
): string | undefined {
  const sizes = [
    { what: "input size", size: inputSizePx, ...domain.inputSizePx },
    { what: "mini-batch size", size: miniBatchSize, ...domain.miniBatchSize },
  ];
  const far = sizes.find(({ size, low, high }) => size < low / REACH || size > high * REACH);
  if (far === undefined) return undefined;
  const { what, size, low, high } = far;
  return `${what} ${size}: too far outside what was measured, allowed are ${Math.ceil(low / REACH)} to ${Math.floor(high * REACH)}`;
}

/** @throws UserError where `predict` has no answer because a cell is too far outside the domain */
export function requireInReach(fitted: FittedFunction, inputSizePx: number, miniBatchSize: number): void {
  const reason = outOfReach(fitted, inputSizePx, miniBatchSize);
  if (reason !== undefined) throw new UserError(`${fitted.quantity} at ${reason}`);
}
