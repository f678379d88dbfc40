import { quantile, sorted } from "../../src/core/statistics.js";
import { cellMeans } from "../../src/fit/law/cell-means.js";
import { deviationGrid } from "../../src/fit/law/deviation-grid.js";
import { fitLaw } from "../../src/fit/law/fit-law.js";
import { krigedLaw } from "../../src/fit/law/kriging.js";
import { fitShape } from "../../src/fit/law/law-fit.js";
import { type LawShape, lawShapes, linearPerSize, SMOOTH_ROOFLINE } from "../../src/fit/law/law-shape.js";
import type { Observation } from "../../src/fit/observed/observation.js";

/** ln of a latency at a mini-batch size; undefined where a form says nothing. */
export type Predict = (miniBatchSize: number) => number | undefined;
/** A form fitted to the points of a curve. */
export type FormFit = (points: readonly Observation[]) => Predict;

/** From the line to where the sharpness no longer tells. */
const SHARPNESS = [1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4, 6, 10, 20, 40];
const ROOFLINE: LawShape = { ...SMOOTH_ROOFLINE, constants: SHARPNESS };

function shaped(shapeOf: (points: readonly Observation[]) => LawShape | undefined): FormFit {
  return (points) => {
    const [first] = points;
    const shape = shapeOf(points);
    const law = shape && fitShape(shape, cellMeans(points).cells);
    return (size) => law?.logAt(first?.inputSizePx ?? 1, size);
  };
}

function named(name: string): (points: readonly Observation[]) => LawShape | undefined {
  return (points) => lawShapes(points, { steps: false }).find((shape) => shape.name === name);
}

/** The forms that are compared, by what they say of a latency at mini-batch b. */
export const FORMS: Readonly<Record<string, FormFit>> = {
  "a + c·b (the study's)": shaped(([first]) => linearPerSize([first?.inputSizePx ?? 1])),
  "c·b^p": shaped((points) => {
    const power = named("power")(points);
    return power && { ...power, constants: [0] };
  }),
  "max(a, c·b)": roof,
  "a + c·b with a knee": shaped(named("hinge")),
  "(a^p + (c·b)^p)^(1/p)": shaped(() => ROOFLINE),
  "the same with deviation": (points) => {
    const means = cellMeans(points);
    const law = fitShape(ROOFLINE, means.cells);
    const kriged = law && krigedLaw(law, means, deviationGrid(means.cells));
    return (size) => kriged?.meanAt(points[0]?.inputSizePx ?? 1, size);
  },
  "what plans are made with": (points) => {
    const law = fitLaw(points, { unrepeated: true });
    return (size) => {
      const { inputSizePx = 1 } = points[0] ?? {};
      const value = law?.answering(inputSizePx)?.extrapolate(inputSizePx, size);
      return value && Math.log(value);
    };
  },
  "interpolation of ln L in ln b (PCHIP)": pchip,
};

/** max(a, c·b) by least squares of logarithms: every split into a flat and a proportional part is tried. */
function roof(points: readonly Observation[]): Predict {
  const sized = [...points].sort((a, b) => a.miniBatchSize - b.miniBatchSize);
  const mean = (logs: readonly number[]) => logs.reduce((sum, log) => sum + log, 0) / logs.length;
  let best: { readonly squares: number; readonly predict: Predict } | undefined;
  for (let flat = 0; flat <= sized.length; flat++) {
    const flatLog =
      flat === 0 ? Number.NEGATIVE_INFINITY : mean(sized.slice(0, flat).map(({ value }) => Math.log(value)));
    const slopeLog =
      flat === sized.length
        ? Number.NEGATIVE_INFINITY
        : mean(sized.slice(flat).map(({ value, miniBatchSize }) => Math.log(value / miniBatchSize)));
    const predict = (size: number) => Math.max(flatLog, slopeLog + Math.log(size));
    const squares = sized.reduce(
      (sum, { value, miniBatchSize }) => sum + (Math.log(value) - predict(miniBatchSize)) ** 2,
      0,
    );
    if (best === undefined || squares < best.squares) best = { squares, predict };
  }
  return best?.predict ?? (() => undefined);
}

/**
 * Monotone cubic interpolation.
 *
 * Source: Fritsch and Butland, SIAM Journal on Scientific and Statistical Computing 5 (1984), for the slopes.
 */
function pchip(points: readonly Observation[]): Predict {
  const sized = [...points].sort((a, b) => a.miniBatchSize - b.miniBatchSize);
  const x = sized.map(({ miniBatchSize }) => Math.log(miniBatchSize));
  const y = sized.map(({ value }) => Math.log(value));
  const at = (values: readonly number[], index: number) => values[index] ?? Number.NaN;
  const width = x.slice(1).map((next, index) => next - at(x, index));
  const secant = width.map((wide, index) => (at(y, index + 1) - at(y, index)) / wide);
  const slope = x.map((_, index) => {
    const [before, after] = [at(secant, index - 1), at(secant, index)];
    if (index === 0) return after;
    if (index === x.length - 1) return before;
    if (before * after <= 0) return 0;
    const [left, right] = [at(width, index - 1), at(width, index)];
    return (3 * (left + right)) / ((2 * right + left) / before + (right + 2 * left) / after);
  });
  return (size) => {
    const place = Math.log(size);
    const right = x.findIndex((other) => other >= place);
    if (right < 1) return right === 0 ? y[0] : undefined;
    const left = right - 1;
    const wide = at(width, left);
    const share = (place - at(x, left)) / wide;
    return (
      (1 + 2 * share) * (1 - share) ** 2 * at(y, left) +
      share * (1 - share) ** 2 * wide * at(slope, left) +
      share ** 2 * (3 - 2 * share) * at(y, right) +
      share ** 2 * (share - 1) * wide * at(slope, right)
    );
  };
}

/** How far a form is off curves, as ratios: medians and 90th percentiles. */
export interface FormErrors {
  readonly points: number;
  /** Over all inner points, each left out in turn. */
  readonly leftOut: readonly [median: number, ninth: number];
  /** Over curves, of the worst of their inner points. */
  readonly worst: readonly [median: number, ninth: number];
  /** Over curves, of the worst point of a fit to all of them. */
  readonly full: readonly [median: number, ninth: number];
}

/** Each inner point of each curve left out in turn, and the fit to all points. */
export function errorsOf(fit: FormFit, curves: readonly (readonly Observation[])[]): FormErrors {
  const [all, worst, full]: [number[], number[], number[]] = [[], [], []];
  for (const curve of curves) {
    const leftOut = curve
      .slice(1, -1)
      .flatMap((point) => errorAt(fit(curve.filter((other) => other !== point)), point));
    all.push(...leftOut);
    worst.push(...(leftOut.length === 0 ? [] : [Math.max(...leftOut)]));
    const predict = fit(curve);
    full.push(Math.max(...curve.flatMap((point) => errorAt(predict, point))));
  }
  const spread = (values: readonly number[]) => [quantile(sorted(values), 0.5), quantile(sorted(values), 0.9)] as const;
  return { points: all.length, leftOut: spread(all), worst: spread(worst), full: spread(full) };
}

function errorAt(predict: Predict, { miniBatchSize, value }: Observation): number[] {
  const log = predict(miniBatchSize);
  return log === undefined ? [] : [Math.abs(Math.expm1(log - Math.log(value)))];
}
