import { TheilSenRegression } from "ml-regression";
import { distinct } from "../core/distinct.js";
import { groupBy } from "../core/group-by.js";
import { leastSquares } from "../core/least-squares.js";
import { median, sorted } from "../core/statistics.js";
import {
  beyond,
  beyondMiniBatch,
  CONSTANT,
  digits,
  type Form,
  isGrid,
  type Law,
  linearForm,
  linearLaw,
  MEGAPIXELS,
  MINI_BATCH,
  MINI_BATCH_SQUARED,
  sumOf,
  type Term,
  WORK,
} from "./form.js";
import { cellOf, countCells, type Observation } from "./observed/observation.js";
import { perSize } from "./per-size.js";

/** The study's law: at each input size, a constant and a cost per image. */
export const LINEAR_PER_SIZE = perSize(linearForm("linear in mbs, per size", [CONSTANT, MINI_BATCH]));

/** Its rival in the test of linearity. */
export const QUADRATIC_PER_SIZE = perSize(
  linearForm("quadratic in mbs, per size", [CONSTANT, MINI_BATCH, MINI_BATCH_SQUARED]),
);

/** What is said of a single cell; it is no law where there are several. */
export const ONE_CELL: Form = perSize({
  name: "constant",
  fit: (observations) => (countCells(observations) === 1 ? linearLaw([CONSTANT], observations) : undefined),
});

/** Linear with one bend at each input size, as accelerators are: flat while they are not busy, then proportional. */
export const HINGE: Form = perSize({
  name: "hinge in mbs",
  fit(observations) {
    const sizes = distinct(observations.map(({ miniBatchSize }) => miniBatchSize));
    const terms = [CONSTANT, MINI_BATCH];
    if (sizes.length < terms.length + 2) return undefined;
    // The bend may lie between two measured sizes as well as at one.
    const knots = sizes
      .slice(1, -1)
      .flatMap((size, index) => [size, Math.sqrt(size * (sizes[index + 2] ?? size))])
      .slice(0, -1);
    return withBestKnot(terms, beyondMiniBatch, knots, "knot_mbs", observations);
  },
});

/** Theil (1950) and Sen (1968): the median of the slopes between all pairs; one in four values may be wild. */
export const THEIL_SEN_PER_SIZE = perSize({
  name: "Theil–Sen in mbs, per size",
  fit(observations) {
    if (countCells(observations) < 2) return undefined;
    // Of the medians of the cells: the slope between two trials of one cell would be infinite.
    const cells = medians(observations);
    const { slope, intercept } = new TheilSenRegression(
      cells.map(({ miniBatchSize }) => miniBatchSize),
      cells.map(({ value }) => value),
    );
    const [coefficients, terms] = [
      [intercept, slope],
      [CONSTANT, MINI_BATCH],
    ] as const;
    return {
      coefficients: { constant: intercept, mbs: slope },
      evaluate: (_, miniBatchSize) => intercept + slope * miniBatchSize,
      terms: [sumOf(coefficients, terms, "text")],
      latex: [sumOf(coefficients, terms, "latex")],
    };
  },
});

/** Every pixel of a mini-batch costs the same, on top of a constant. */
export const MULTIPLICATIVE = linearForm("multiplicative surface", [CONSTANT, WORK]);

/** Pixels of an image and images of a mini-batch cost apart. */
export const ADDITIVE = linearForm("additive surface", [CONSTANT, MEGAPIXELS, MINI_BATCH], true);

/** Both: images cost by themselves and by their pixels. */
export const BILINEAR = linearForm("bilinear surface", [CONSTANT, MEGAPIXELS, MINI_BATCH, WORK], true);

/** ln value = c + p ln mbs + q ln px, which is relative error by itself. */
export const POWER_LAW: Form = {
  name: "power law",
  fit(observations) {
    if (countCells(observations) < 3 || !isGrid(observations)) return undefined;
    const [constant = Number.NaN, mbs = Number.NaN, px = Number.NaN] = leastSquares(
      observations.map(({ inputSizePx, miniBatchSize }) => [1, Math.log(miniBatchSize), Math.log(inputSizePx)]),
      observations.map(({ value }) => Math.log(value)),
    );
    const factor = Math.exp(constant);
    return {
      coefficients: { factor, mbs_exponent: mbs, px_exponent: px },
      evaluate: (inputSizePx, miniBatchSize) => factor * miniBatchSize ** mbs * inputSizePx ** px,
      terms: [`${digits(factor, "text")} mbs^${mbs.toPrecision(3)} px^${px.toPrecision(3)}`],
      latex: [`${digits(factor, "latex")}\\,b^{${mbs.toPrecision(3)}}\\,s^{${px.toPrecision(3)}}`],
    };
  },
};

/** The bilinear surface with one knot in mbs × Mpx, where the law bends: as a cache that runs over. */
export const PIECEWISE: Form = {
  name: "piecewise surface",
  fit(observations) {
    const works = distinct(observations.map(workOf));
    const terms = [CONSTANT, MEGAPIXELS, MINI_BATCH, WORK];
    if (countCells(observations) < terms.length + 2 || !isGrid(observations)) return undefined;
    const inner = works.slice(2, -2).filter((_, index) => index % Math.ceil(works.length / KNOTS) === 0);
    return withBestKnot(terms, beyond, inner, "knot_Mpx", observations);
  },
};

/** Every candidate, the simplest first: of two that predict as well, the earlier is chosen. */
export const CANDIDATE_FORMS: readonly Form[] = [
  ONE_CELL,
  MULTIPLICATIVE,
  ADDITIVE,
  POWER_LAW,
  BILINEAR,
  PIECEWISE,
  LINEAR_PER_SIZE,
  THEIL_SEN_PER_SIZE,
  QUADRATIC_PER_SIZE,
  HINGE,
];

/** How many places for the knot are tried. */
const KNOTS = 12;

/** The law of given terms and one more beyond a knot, with the knot that fits best. */
function withBestKnot(
  terms: readonly Term[],
  beyondKnot: (knot: number) => Term,
  knots: readonly number[],
  name: string,
  observations: readonly Observation[],
): Law | undefined {
  let best: { readonly law: Law; readonly error: number } | undefined;
  for (const knot of knots) {
    const law = linearLaw([...terms, beyondKnot(knot)], observations);
    const error = squaredRelativeError(law, observations);
    if (best === undefined || error < best.error) {
      best = { law: { ...law, coefficients: { ...law.coefficients, [name]: knot } }, error };
    }
  }
  return best?.law;
}

function workOf({ inputSizePx, miniBatchSize }: Observation): number {
  return WORK.of(inputSizePx, miniBatchSize);
}

function squaredRelativeError(law: Law, observations: readonly Observation[]): number {
  return observations.reduce(
    (sum, { inputSizePx, miniBatchSize, value }) =>
      sum + ((law.evaluate(inputSizePx, miniBatchSize) ?? Number.NaN) / value - 1) ** 2,
    0,
  );
}

function medians(observations: readonly Observation[]): Observation[] {
  return [...groupBy(observations, cellOf).values()].flatMap((cell) =>
    cell.slice(0, 1).map((first) => ({ ...first, value: median(sorted(cell.map(({ value }) => value))) })),
  );
}
