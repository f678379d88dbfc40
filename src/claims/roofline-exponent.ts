import type { Interval } from "../core/statistics.js";
import { studentQuantile } from "../core/student-t.js";
import { cellMeans } from "../fit/law/cell-means.js";
import { fitShape } from "../fit/law/law-fit.js";
import { SMOOTH_ROOFLINE } from "../fit/law/law-shape.js";
import type { Observation } from "../fit/observed/observation.js";
import { exactStatistic, type StatisticFunction } from "./statistic.js";

/** What does not grow, what is proportional to the mini-batch, and the exponent. */
const COEFFICIENTS = 3;
/** From the line to what no cell tells from a roof with an edge. */
const MOST = 40;
const STEPS = 80;
/** A mini-batch beside which what does not grow is nothing. */
const LARGE = 1e6;
const EXPONENTS = Array.from({ length: STEPS + 1 }, (_, step) => MOST ** (step / STEPS));

/** The exponent of the smooth roofline through latencies at one input size. */
export interface RooflineExponent {
  readonly value: number;
  /** 95 %. */
  readonly interval: Interval;
  /** a: what a mini-batch takes that is not for its images. */
  readonly flatMs: number;
  /** c: what each image adds where they count alone. */
  readonly perImageMs: number;
}

/**
 * The exponent p of L = (aᵖ + (c b)ᵖ)^(1/p): 1 is the study's line, many a roof with an edge, where what does not
 * grow and what is proportional overlap wholly. Its interval holds the exponents whose squares are within Student's t²
 * of the least, over the degrees of freedom.
 *
 * Source: Bates and Watts, Nonlinear Regression Analysis and Its Applications (1988), section 6.1, for the profile.
 *
 * @param observations latencies at one input size
 * @returns undefined of fewer than three mini-batches, or of three none of which was repeated
 */
export function rooflineExponent(observations: readonly Observation[]): RooflineExponent | undefined {
  const { cells, trials, squaresWithin } = cellMeans(observations);
  const degrees = trials - COEFFICIENTS;
  if (cells.length < COEFFICIENTS || degrees < 1) return undefined;
  const profile = EXPONENTS.flatMap((exponent) => {
    const law = fitShape({ ...SMOOTH_ROOFLINE, constants: [exponent] }, cells);
    if (law === undefined) return [];
    const squares = cells.reduce((sum, { inputSizePx, miniBatchSize, meanLog, trials: of }) => {
      return sum + of * (meanLog - (law.logAt(inputSizePx, miniBatchSize) ?? Number.NaN)) ** 2;
    }, squaresWithin);
    return [{ exponent, squares, law }];
  });
  const [best] = profile.toSorted((a, b) => a.squares - b.squares);
  if (best === undefined) return undefined;
  const most = best.squares * (1 + studentQuantile(0.975, degrees) ** 2 / degrees);
  const allowed = profile.filter(({ squares }) => squares <= most).map(({ exponent }) => exponent);
  const inputSizePx = cells[0]?.inputSizePx ?? 1;
  return {
    value: best.exponent,
    interval: { low: allowed[0] ?? 1, high: allowed.at(-1) ?? MOST },
    flatMs: Math.exp(best.law.logAt(inputSizePx, 0) ?? Number.NEGATIVE_INFINITY),
    perImageMs: Math.exp(best.law.logAt(inputSizePx, LARGE) ?? Number.NEGATIVE_INFINITY) / LARGE,
  };
}

/**
 * The least exponent of the smooth roofline that latencies at one input size allow: 1 where they allow the study's
 * line. Cells that were never repeated say it, too, by how far they are off the roofline themselves.
 */
export const leastRooflineExponent: StatisticFunction = ({ fit: { latency } }, inputSizePx) => {
  const found = rooflineExponent(latency.observations.filter((seen) => seen.inputSizePx === inputSizePx));
  if (found === undefined) {
    return {
      value: undefined,
      reason: `fewer than ${COEFFICIENTS + 1} trials or ${COEFFICIENTS} mini-batch sizes at ${inputSizePx ?? "no"} px`,
    };
  }
  const { value, interval } = found;
  const shown = (exponent: number) => (exponent >= MOST ? `${MOST} or more` : exponent.toPrecision(2));
  return exactStatistic(
    interval.low,
    `the exponent at ${inputSizePx} px is ${shown(value)} (${shown(interval.low)} to ${shown(interval.high)}), 1 is the line`,
  );
};
