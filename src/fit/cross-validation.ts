import { groupBy } from "../core/group-by.js";
import { median, sorted } from "../core/statistics.js";
import type { Form, Law } from "./form.js";
import { cellOf, type Observation } from "./observed/observation.js";

/** What was left out of a fit together, and the law that was fitted without it; undefined where none can be. */
export interface Fold {
  readonly leftOut: readonly Observation[];
  readonly law: Law | undefined;
}

/**
 * The law of a form without each fold.
 *
 * @param fold what is left out together; observations of the fold `undefined` never are
 */
export function lawsByFold(
  form: Form,
  observations: readonly Observation[],
  fold: (observation: Observation) => string | undefined,
): Map<string, Fold> {
  return new Map(
    [...groupBy(observations, fold)].flatMap(([name, leftOut]): [string, Fold][] => {
      if (name === undefined) return [];
      const out = new Set(leftOut);
      return [[name, { leftOut, law: form.fit(observations.filter((observation) => !out.has(observation))) }]];
    }),
  );
}

/**
 * Relative residuals value / predicted − 1 of every observation, by fold: each fold is predicted by the law without it.
 * Observations that such a law says nothing of, or nothing above 0, are left out.
 */
export function residualsOfFolds(folds: ReadonlyMap<string, Fold>): Map<string, number[]> {
  return new Map(
    [...folds].map(([name, { leftOut, law }]) => [
      name,
      leftOut.flatMap(({ inputSizePx, miniBatchSize, value }) => {
        const predicted = law?.evaluate(inputSizePx, miniBatchSize);
        return predicted !== undefined && predicted > 0 ? [value / predicted - 1] : [];
      }),
    ]),
  );
}

/** The residuals of a form's laws without each fold; see `lawsByFold` and `residualsOfFolds`. */
export function residualsByFold(...[form, observations, fold]: Parameters<typeof lawsByFold>): Map<string, number[]> {
  return residualsOfFolds(lawsByFold(form, observations, fold));
}

/** The median of |residual|, or undefined without any. */
export function medianAbsolute(residuals: readonly number[]): number | undefined {
  return residuals.length === 0 ? undefined : median(sorted(residuals.map(Math.abs)));
}

/** How a form extrapolates: the error at the largest input size or mini-batch size when a fit has not seen it. */
export interface ExtrapolationError {
  readonly largestSize: number | undefined;
  readonly largestMiniBatch: number | undefined;
}

/** Leaves out all cells of the largest input size, then, per input size, the largest mini-batch size. */
export function extrapolationError(form: Form, observations: readonly Observation[]): ExtrapolationError {
  const largestSize = Math.max(...observations.map(({ inputSizePx }) => inputSizePx));
  const largestBatch = new Map(
    [...groupBy(observations, ({ inputSizePx }) => inputSizePx)].map(([size, values]) => [
      size,
      Math.max(...values.map(({ miniBatchSize }) => miniBatchSize)),
    ]),
  );
  return {
    largestSize: medianAbsolute(largestLeftOut(form, observations, ({ inputSizePx }) => inputSizePx === largestSize)),
    largestMiniBatch: medianAbsolute(
      largestLeftOut(
        form,
        observations,
        ({ inputSizePx, miniBatchSize }) => largestBatch.get(inputSizePx) === miniBatchSize,
      ),
    ),
  };
}

function largestLeftOut(
  form: Form,
  observations: readonly Observation[],
  isLargest: (observation: Observation) => boolean,
): number[] {
  return [
    ...residualsByFold(form, observations, (observation) => (isLargest(observation) ? "largest" : undefined)).values(),
  ].flat();
}

/**
 * How repeated fresh processes differ: every trial predicted by the median of the other trials of its cell, as
 * value / predicted − 1. Trials of cells that were not repeated have none.
 */
export function noiseResiduals(observations: readonly Observation[]): number[] {
  return [...groupBy(observations, cellOf).values()].flatMap((cell) =>
    cell.length < 2
      ? []
      : cell.map(({ value }, index) => {
          const others = cell.filter((_, other) => other !== index).map((observation) => observation.value);
          return value / median(sorted(others)) - 1;
        }),
  );
}

/**
 * How well a repeated fresh process repeats itself: the median of |residual| of `noiseResiduals`. No function of the
 * cell can be expected to do better.
 *
 * @returns undefined if no cell has two trials
 */
export function noiseFloor(observations: readonly Observation[]): number | undefined {
  return medianAbsolute(noiseResiduals(observations));
}
