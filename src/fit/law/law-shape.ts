import { distinct } from "../../core/distinct.js";

/** What a law is of, before its coefficients and its constant are known. */
export interface LawShape {
  readonly name: string;
  /** Values of the constant that are tried, such as the width of a step; one that is not used where there is none. */
  readonly constants: readonly number[];
  /** The logarithm is linear in the columns; else the value is, and the coefficients are at least 0. */
  readonly isLogLinear?: boolean;
  /** Steps can't be told from a line by powers of two. */
  readonly hasSteps?: boolean;
  /** What the value is raised to before it is linear in the columns. */
  power?(constant: number): number;
  columns(inputSizePx: number, miniBatchSize: number, constant: number): readonly number[];
  /** How ln of the value changes with a constant that is not whole; undefined where it is at the end of its range. */
  constantSlope?(miniBatchSize: number, constant: number, coefficients: readonly number[]): number | undefined;
}

/** A cell as laws see it. */
export interface LawCell {
  readonly inputSizePx: number;
  readonly miniBatchSize: number;
}

const NONE = [0];
/** Megapixels in units of 224 px, so that coefficients are of one magnitude. */
const area = (inputSizePx: number) => (inputSizePx / 224) ** 2;

function logarithmic(low: number, high: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => low * (high / low) ** (index / (count - 1)));
}

/**
 * Powers of size and mini-batch, with a mini-batch that costs as much as some more images: how many, only three
 * different mini-batches tell.
 */
const power = (miniBatches: number): LawShape => ({
  name: "power",
  constants: miniBatches < 3 ? NONE : [0, 0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32],
  isLogLinear: true,
  columns: (size, batch, more) => [1, Math.log(size / 224), Math.log(batch + more)],
  constantSlope: (batch, more, [, , slope = 0]) => (more === 0 ? undefined : slope / (batch + more)),
});
const SURFACE: LawShape = {
  name: "linear",
  constants: NONE,
  columns: (size, batch) => [1, batch, area(size) * batch],
};
const SURFACE_WITH_AREA: LawShape = {
  name: "linear with area",
  constants: NONE,
  columns: (size, batch) => [1, area(size), batch, area(size) * batch],
};
/** Steps that are wider than half of the mini-batches are seen once at most. */
const staircase = (largestBatch: number): LawShape => ({
  name: "staircase",
  constants: [
    2,
    3,
    4,
    5,
    6,
    8,
    10,
    12,
    16,
    ...[20, 24, 32, 48, 64, 96, 128, 256].filter((step) => 2 * step <= largestBatch),
  ],
  hasSteps: true,
  columns: (size, batch, step) => [1, area(size), area(size) * step * Math.ceil(batch / step)],
});
const PADDING: LawShape = {
  name: "padding",
  constants: NONE,
  hasSteps: true,
  columns: (size, batch) => [1, area(size), area(size) * 2 ** Math.ceil(Math.log2(batch))],
};
/** Every knot up to 20, and beyond as many a doubling as there, up to the largest mini-batch. */
const hinge = (largestBatch: number): LawShape => ({
  name: "hinge",
  constants: [
    ...Array.from({ length: 19 }, (_, index) => index + 2),
    ...(largestBatch > 32 ? logarithmic(22, largestBatch - 1, Math.ceil(6 * Math.log2(largestBatch / 22))) : []),
  ],
  columns: (size, batch, knot) => [1, area(size), area(size) * batch, area(size) * Math.max(0, batch - knot)],
});
/** Edges are looked for from so much work on, in images of 224 px, and at least up to so much. */
const LEAST_EDGE = 1.5;
const MOST_EDGE = 40;
/** Amounts of work nearer than this ratio, or than a share of their range in logarithms, are one. */
const NEAR = 1.02;
const NEAR_OF_RANGE = 1 / 40;
/** An edge is between two measured amounts of work; where, the cells do not say: at a quarter or three of it. */
const workStep = (works: readonly number[]): LawShape => ({
  name: "work step",
  constants: betweenWorks(works),
  columns: (size, batch, edge) => {
    const work = area(size) * batch;
    return [1, area(size), work, work > edge ? work : 0];
  },
});

function betweenWorks(works: readonly number[]): number[] {
  const largest = Math.max(MOST_EDGE, works.reduce((most, work) => Math.max(most, work), 0) / 4);
  const near = Math.max(NEAR, (largest / LEAST_EDGE) ** NEAR_OF_RANGE);
  const apart: number[] = [];
  for (const work of distinct(works)) {
    if (work >= LEAST_EDGE && work <= largest && work >= near * (apart.at(-1) ?? 0)) apart.push(work);
  }
  return apart.slice(1).flatMap((next, index) => {
    const work = apart[index] ?? next;
    return [1 / 4, 3 / 4].map((share) => work * (next / work) ** share);
  });
}

/** ((a + d·s²)ᵖ + (c·s²·b)ᵖ)^(1/p), with the sum in the first bracket taken as one of powers, too. */
export const SMOOTH_ROOFLINE: LawShape = {
  name: "smooth roofline",
  constants: [1.25, 1.5, 2, 2.5, 3, 4, 6, 10, 20],
  power: (sharpness) => sharpness,
  columns: (size, batch, sharpness) => [1, area(size) ** sharpness, (area(size) * batch) ** sharpness],
};

/** The study's law: linear in the mini-batch at each of some input sizes, with coefficients of its own. */
export function linearPerSize(inputSizesPx: readonly number[]): LawShape {
  return {
    name: "linear per size",
    constants: NONE,
    columns: (size, batch) => inputSizesPx.flatMap((known) => (known === size ? [1, batch] : [0, 0])),
  };
}

/** The laws that are tried on some cells, the simplest first. */
export function lawShapes(cells: readonly LawCell[], { steps }: { readonly steps: boolean }): LawShape[] {
  const sizes = [...new Set(cells.map(({ inputSizePx }) => inputSizePx))];
  const largestBatch = cells.reduce((most, { miniBatchSize }) => Math.max(most, miniBatchSize), 1);
  const miniBatches = new Set(cells.map(({ miniBatchSize }) => miniBatchSize)).size;
  const works = cells.map(({ inputSizePx, miniBatchSize }) => area(inputSizePx) * miniBatchSize);
  const all = [
    power(miniBatches),
    SURFACE,
    SURFACE_WITH_AREA,
    staircase(largestBatch),
    PADDING,
    hinge(largestBatch),
    workStep(works),
    SMOOTH_ROOFLINE,
    linearPerSize(sizes),
  ];
  return all.filter(({ hasSteps = false }) => steps || !hasSteps);
}
