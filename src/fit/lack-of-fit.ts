import { fisherUpperTail } from "../core/fisher-f.js";
import type { Interval } from "../core/statistics.js";
import { studentQuantile } from "../core/student-t.js";
import type { FittedFunction } from "./fitted-function.js";
import { type CellLogs, cellLogs, meanOf, squaresOf } from "./observed/cell-logs.js";
import type { Observation } from "./observed/observation.js";

/** How far a function is off at a measured cell. */
export interface CellMisfit {
  readonly inputSizePx: number;
  readonly miniBatchSize: number;
  /** The function over the geometric mean of the cell's trials, less 1: 0.94 is 94 % too high. */
  readonly error: number;
  /** 95 % interval of the error, from the scatter of trials within all cells. */
  readonly interval: Interval;
}

/** Whether a function misses its cells by more than repeated trials scatter. */
export interface LackOfFit {
  /** The mean square of the cells' misfits over that of the trials within them. */
  readonly f: number;
  readonly degrees: readonly [ofCells: number, ofTrials: number];
  /** The probability of as large an F where the function is right. */
  readonly pValue: number;
  /** How far the function is off beyond the scatter of trials, as a standard deviation of its relative error. */
  readonly beyondNoise: number;
  /** The cell that it misses most first. */
  readonly cells: readonly CellMisfit[];
}

/** Of logarithms: trials that are equal to the last digit differ by no more. */
const ROUNDING_VARIANCE = 1e-24;

/**
 * The test of lack of fit on logarithms: relative errors count alike in small and in large cells.
 *
 * Source: Draper and Smith, Applied Regression Analysis, 3rd edition, section 2.1.
 *
 * @returns undefined where no cell has two trials that differ, or there are no more cells than coefficients
 */
export function lackOfFit(fitted: FittedFunction, observations: readonly Observation[]): LackOfFit | undefined {
  const cells = [...cellLogs(observations).values()].flatMap((cell) => misfitOf(fitted, cell));
  const count = cells.reduce((sum, { trials }) => sum + trials, 0);
  const ofCells = cells.length - Object.keys(fitted.coefficients).length;
  const ofTrials = count - cells.length;
  if (ofCells < 1 || ofTrials < 1) return undefined;
  const within = cells.reduce((sum, { squares }) => sum + squares, 0) / ofTrials;
  const between = cells.reduce((sum, { trials, logRatio }) => sum + trials * logRatio ** 2, 0) / ofCells;
  if (within < ROUNDING_VARIANCE) return undefined;
  const quantile = studentQuantile(0.975, ofTrials);
  return {
    f: between / within,
    degrees: [ofCells, ofTrials],
    pValue: fisherUpperTail(between / within, ofCells, ofTrials),
    beyondNoise: Math.sqrt(Math.max(0, between - within) / (count / cells.length)),
    cells: cells
      .sort((a, b) => Math.abs(b.logRatio) - Math.abs(a.logRatio))
      .map(({ inputSizePx, miniBatchSize, logRatio, trials }) => {
        const reach = quantile * Math.sqrt(within / trials);
        const interval = { low: Math.expm1(logRatio - reach), high: Math.expm1(logRatio + reach) };
        return { inputSizePx, miniBatchSize, error: Math.expm1(logRatio), interval };
      }),
  };
}

/** The test in one line. */
export function lackOfFitTest({ f, degrees, pValue }: LackOfFit): string {
  return `lack of fit: F(${degrees.join(", ")}) = ${f.toPrecision(3)}, p = ${pValue.toPrecision(2)}`;
}

/** None where the function says nothing, or nothing above 0. */
function misfitOf(fitted: FittedFunction, { inputSizePx, miniBatchSize, logs }: CellLogs) {
  const predicted = fitted.extrapolate(inputSizePx, miniBatchSize);
  if (predicted === undefined || predicted <= 0) return [];
  const logRatio = Math.log(predicted) - meanOf(logs);
  return [{ inputSizePx, miniBatchSize, trials: logs.length, logRatio, squares: squaresOf(logs) }];
}
