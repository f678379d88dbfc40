import type { Interval } from "../core/statistics.js";

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
  /**
   * The predicted value at a cell.
   *
   * @throws UserError outside the domain by more than a factor of 1.5
   */
  predict(inputSizePx: number, miniBatchSize: number): number;
  /** The same at any distance from the domain; NaN where the form says nothing. */
  extrapolate(inputSizePx: number, miniBatchSize: number): number;
  /** 95 % percentile bootstrap intervals of the coefficients, trials resampled within their cells. */
  coefficientIntervals(): Readonly<Record<string, Interval>>;
  /**
   * The p-quantile of what a new trial at a cell will give: the coefficients' uncertainty (bootstrap) and the scatter
   * of trials around a function that had not seen their cell. `quantile(s, b, 0.95)` is a one-sided upper bound.
   */
  quantile(inputSizePx: number, miniBatchSize: number, p: number): number;
  /** The value by bootstrap replicate `index`, 0 to REPLICATES − 1; the same index is the same resample everywhere. */
  resampled(index: number, inputSizePx: number, miniBatchSize: number): number;
}
