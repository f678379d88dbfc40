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
  /** The name of its form, e.g. `linear in mini-batch size`. */
  readonly form: string;
  /** With its coefficients, for people to read. */
  readonly formula: string;
  readonly coefficients: Readonly<Record<string, number>>;
  /** The coefficient of determination on the values that it was fitted to. */
  readonly rSquared: number;
  /** Median absolute relative error on cells left out of the fit, as a ratio; undefined with too few cells. */
  readonly leftOutError: number | undefined;
  readonly domain: Domain;
  /**
   * The predicted value at a cell.
   *
   * @throws UserError outside the domain by more than a factor of 1.5
   */
  predict(inputSizePx: number, miniBatchSize: number): number;
}
