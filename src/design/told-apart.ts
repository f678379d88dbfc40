import { type Design, miniBatchSizesAt } from "./design.js";

/** How a device may work through a mini-batch that is no straight line. */
export interface Steps {
  readonly name: string;
  /** The work of a mini-batch, in images. */
  work(miniBatchSize: number): number;
  /** The largest mini-batch of no more work. */
  largestWithin(work: number): number;
}

/** The ways that are looked for. */
export const STEPS: readonly Steps[] = [
  {
    name: "pads to a power of two",
    work: (size) => 2 ** Math.ceil(Math.log2(size)),
    largestWithin: (work) => 2 ** Math.floor(Math.log2(work)),
  },
  ...[4, 8, 16].map((step) => ({
    name: `works in steps of ${step}`,
    work: (size: number) => step * Math.ceil(size / step),
    largestWithin: (work: number) => step * Math.floor(work / step),
  })),
];
/** Relative, over all cells: lines that miss the steps by as much are seen to do so beside a noise of 10 %. */
const SEEN = 0.05;
/** A line that is off by less where nothing was measured is good enough. */
const HARMLESS = 0.1;

/** A way to work through mini-batches that looks like a straight line at the mini-batch sizes of a design. */
export interface HiddenSteps {
  readonly name: string;
  /** How far the line is off at mini-batch sizes between the measured ones, at worst, as a ratio. */
  readonly largestError: number;
}

/**
 * Steps in a device's work that a design can't see: where they are, a line through what is measured at each input size
 * fits nearly as well, and is off between.
 *
 * @example
 * hiddenSteps(readDesign("pipeline/designs/paper.json")); // [{ name: "pads to a power of two", largestError: 0.45 }]
 */
export function hiddenSteps(design: Pick<Design, "input_sizes_px" | "mini_batch_sizes">): HiddenSteps[] {
  return stepsHiddenAmong(design.input_sizes_px.map((size) => miniBatchSizesAt(design, size)));
}

/** The same of the mini-batch sizes of each input size. */
export function stepsHiddenAmong(miniBatchSizes: readonly (readonly number[])[]): HiddenSteps[] {
  const bySize = miniBatchSizes.filter(({ length }) => length > 1);
  if (bySize.length === 0) return []; // then nobody asks how time grows with the mini-batch
  return STEPS.flatMap(({ name, work }) => {
    const lines = bySize.map((sizes) => ({ sizes, line: relativeLine(sizes, work) }));
    const errorAt = (line: (size: number) => number, size: number) => Math.abs(line(size) / work(size) - 1);
    const measured = lines.flatMap(({ sizes, line }) => sizes.map((size) => errorAt(line, size) ** 2));
    const missed = Math.sqrt(measured.reduce((sum, square) => sum + square, 0) / measured.length);
    const between = lines.flatMap(({ sizes, line }) => {
      const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
      return Array.from({ length: most - least + 1 }, (_, index) => errorAt(line, least + index));
    });
    const largestError = between.reduce((largest, error) => Math.max(largest, error), 0);
    return missed >= SEEN || largestError <= HARMLESS ? [] : [{ name, largestError }];
  });
}

/** The line with the least squared relative error; through one size only, it is in proportion to it. */
function relativeLine(sizes: readonly number[], work: (size: number) => number): (size: number) => number {
  // Of 1 = intercept·u + slope·v with u = 1 / work and v = size / work.
  const rows = sizes.map((size) => ({ u: 1 / work(size), v: size / work(size) }));
  const sum = (of: (row: { u: number; v: number }) => number) => rows.reduce((total, row) => total + of(row), 0);
  const [uu, uv, vv, u, v] = [
    sum((row) => row.u * row.u),
    sum((row) => row.u * row.v),
    sum((row) => row.v * row.v),
    sum((row) => row.u),
    sum((row) => row.v),
  ];
  const determinant = uu * vv - uv * uv;
  if (determinant <= 1e-12 * uu * vv) return (size) => (v / vv) * size;
  const intercept = (u * vv - v * uv) / determinant;
  const slope = (v * uu - u * uv) / determinant;
  return (size) => intercept + slope * size;
}
