import { groupBy } from "../core/group-by.js";
import { nonNegativeLeastSquares } from "../core/non-negative-least-squares.js";
import { median, sorted } from "../core/statistics.js";
import { MEMORY_MARGIN } from "../design/memory-margin.js";
import { STEPS, type Steps } from "../design/told-apart.js";
import { WORK } from "./form.js";
import type { LawCell } from "./law/law-shape.js";
import { cellOf, type Observation } from "./observed/observation.js";

/** Peak memory as a law of the pixels of a mini-batch, and how far it is to be trusted. */
export interface MemoryLaw {
  /** The memory that is taken, times this, is the memory to reckon with: at least 1.03. */
  readonly margin: number;
  /** In MiB, without the margin. */
  peakMib(inputSizePx: number, miniBatchSize: number): number;
  /**
   * The largest mini-batch within a memory, with the margin, whether the device takes memory image by image or in steps
   * that its cells would not show; not a whole number, below 1 where none fits.
   */
  miniBatchWithin(inputSizePx: number, memoryMib: number): number;
}

const EXPONENTS = Array.from({ length: 19 }, (_, step) => 0.7 + 0.05 * step);
const LEAST_CELLS = 10;
/** The largest over the smallest peak: over less, an offset can't be told from an exponent. */
const LEAST_SPAN = 4;
const MOST_RESIDUAL = 0.03;
/** The exponent, the offset and the slope. */
const COEFFICIENTS = 3;

interface Cell extends LawCell {
  readonly peakMib: number;
}

/** Memory follows each image. */
const IMAGE_BY_IMAGE: Omit<Steps, "name"> = { work: (size) => size, largestWithin: (work) => work };

/**
 * The law m = m₀ + c (s² b)^q with q from 0.7 to 1.6, fitted to the medians of the cells that ran by relative least
 * squares with m₀ and c not below 0. Its margin is the larger of 3 % and exp(2 × the largest residual). Where cells are
 * fitted as well by a device that pads mini-batches or takes memory in steps, what fits must fit by that, too: at
 * powers of two padding can't be told from a line.
 *
 * @returns undefined where it may not be trusted: fewer than 10 cells, peaks that span less than a factor of 4, or a
 *   standard deviation of the residuals above 3 %, as where memory grows in jumps
 */
export function memoryLaw(observations: readonly Observation[]): MemoryLaw | undefined {
  const cells = [...groupBy(observations, cellOf).values()].flatMap(cellFrom);
  const peaks = cells.map(({ peakMib }) => peakMib);
  if (cells.length < LEAST_CELLS || Math.max(...peaks) < LEAST_SPAN * Math.min(...peaks)) return undefined;
  const law = lawOf(cells, IMAGE_BY_IMAGE);
  if (law === undefined) return undefined;
  const asWell = [law, ...STEPS.flatMap((steps) => lawOf(cells, steps) ?? [])];
  return {
    ...law,
    miniBatchWithin: (inputSizePx, memoryMib) =>
      Math.min(...asWell.map((other) => other.miniBatchWithin(inputSizePx, memoryMib))),
  };
}

/** The law of a way to work through mini-batches; undefined where its residuals are too large. */
function lawOf(cells: readonly Cell[], { work, largestWithin }: Omit<Steps, "name">): MemoryLaw | undefined {
  const workOf = (cell: LawCell) => WORK.of(cell.inputSizePx, work(cell.miniBatchSize));
  const fits = EXPONENTS.map((exponent) => ({ exponent, ...offsetAndSlope(cells, workOf, exponent) }));
  const [best] = fits.sort((a, b) => a.squares - b.squares);
  if (best === undefined) return undefined;
  const { exponent, offset, slope } = best;
  const peakMib = (cell: LawCell) => offset + slope * workOf(cell) ** exponent;
  const residuals = cells.map((cell) => Math.log(cell.peakMib / peakMib(cell)));
  const variance = residuals.reduce((sum, residual) => sum + residual ** 2, 0) / (cells.length - COEFFICIENTS);
  if (!(Math.sqrt(variance) <= MOST_RESIDUAL)) return undefined;
  const margin = Math.max(MEMORY_MARGIN, Math.exp(2 * Math.max(...residuals.map(Math.abs))));
  return {
    margin,
    peakMib: (inputSizePx, miniBatchSize) => peakMib({ inputSizePx, miniBatchSize }),
    miniBatchWithin: (inputSizePx, memoryMib) =>
      largestWithin((Math.max(0, memoryMib / margin - offset) / slope) ** (1 / exponent) / WORK.of(inputSizePx, 1)),
  };
}

function cellFrom(trials: readonly Observation[]): Cell[] {
  const peakMib = median(sorted(trials.map(({ value }) => value)));
  return trials.slice(0, 1).map(({ inputSizePx, miniBatchSize }) => ({ inputSizePx, miniBatchSize, peakMib }));
}

/** Minimises Σ ((offset + slope · work^q) / peak − 1)², neither below 0; `squares` is what is left. */
function offsetAndSlope(cells: readonly Cell[], workOf: (cell: LawCell) => number, exponent: number) {
  const rows = cells.map((cell) => [1 / cell.peakMib, workOf(cell) ** exponent / cell.peakMib]);
  const [offset = 0, slope = 0] = nonNegativeLeastSquares(
    rows,
    rows.map(() => 1),
  );
  const squares = rows.reduce((sum, [one = 0, grown = 0]) => sum + (offset * one + slope * grown - 1) ** 2, 0);
  return { offset, slope, squares };
}
