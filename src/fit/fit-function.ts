import { once } from "../core/once.js";
import { type Interval, median, quantile, type Sorted, sorted } from "../core/statistics.js";
import { UserError } from "../core/user-error.js";
import { bootstrapLaws, drawResiduals } from "./bootstrap.js";
import { coefficientIntervals } from "./coefficient-intervals.js";
import { lawsByFold, medianAbsolute, noiseFloor, residualsOfFolds } from "./cross-validation.js";
import { type Domain, type FittedFunction, outOfReach } from "./fitted-function.js";
import type { Form, Law } from "./form.js";
import { cellOf, type Observation } from "./observed/observation.js";

/**
 * Fits one form to measured values. What is dear, bootstrap and cross-validation, is computed when it is first asked
 * for.
 *
 * @param quantity what is predicted, with its unit, e.g. `latency_ms`
 * @throws UserError if there are too few cells for the form
 */
export function fitFunction(quantity: string, form: Form, observations: readonly Observation[]): FittedFunction {
  const law = form.fit(observations);
  if (law === undefined) throw new UserError(`fit of ${quantity}: too few cells for ${form.name}`);
  return functionOf(quantity, form, law, observations);
}

/** The function of a law that a form was fitted to already. */
export function functionOf(
  quantity: string,
  form: Form,
  law: Law,
  observations: readonly Observation[],
): FittedFunction {
  const domain = domainOf(observations);
  // Cross-validation over cells: all trials of a cell are left out together.
  const withoutCell = once(() => lawsByFold(form, observations, cellOf));
  const leftOutByCell = once(() => residualsOfFolds(withoutCell()));
  const leftOut = once(() => [...leftOutByCell().values()].flat());
  const replicates = once(() => bootstrapLaws(form, observations));
  // Where every cell is needed to fit the form, none can be left out.
  const scatter = once(() => drawResiduals(leftOut().length > 0 ? leftOut() : residualsOf(law, observations)));
  const newTrials = (inputSizePx: number, miniBatchSize: number): Sorted =>
    sorted(
      replicates().flatMap((replicate, index) => {
        const predicted = replicate.evaluate(inputSizePx, miniBatchSize);
        return predicted === undefined ? [] : (scatter()[index] ?? []).map((residual) => predicted * (1 + residual));
      }),
    );
  return {
    quantity,
    form: form.name,
    formula: law.terms.map((line) => `${quantity} = ${line}`).join("\n"),
    latex: law.latex.join(" \\\\ "),
    coefficients: law.coefficients,
    rSquared: rSquared(law, observations),
    get leftOutError() {
      return medianAbsolute(leftOut());
    },
    get leftOutTrials() {
      return leftOut().length;
    },
    noiseFloor: noiseFloor(observations),
    domain,
    leftOutRatio(inputSizePx, miniBatchSize) {
      const residuals = leftOutByCell().get(cellOf({ inputSizePx, miniBatchSize })) ?? [];
      return residuals.length === 0 ? undefined : 1 + median(sorted(residuals));
    },
    predict(inputSizePx, miniBatchSize) {
      const far = outOfReach({ domain }, inputSizePx, miniBatchSize);
      return far === undefined ? law.evaluate(inputSizePx, miniBatchSize) : undefined;
    },
    extrapolate: law.evaluate,
    coefficientIntervals: once(
      () =>
        coefficientIntervals(
          law,
          [...withoutCell().values()].map((fold) => fold.law),
        ) ?? percentileIntervals(law, replicates()),
    ),
    quantile(inputSizePx, miniBatchSize, p) {
      const values = newTrials(inputSizePx, miniBatchSize);
      return values.length === 0 ? undefined : quantile(values, p);
    },
    resampled: (index, inputSizePx, miniBatchSize) => replicates()[index]?.evaluate(inputSizePx, miniBatchSize),
  };
}

function percentileIntervals(law: Law, replicates: readonly Law[]): Record<string, Interval> {
  return Object.fromEntries(
    Object.keys(law.coefficients).map((name) => {
      const values = sorted(replicates.flatMap(({ coefficients }) => coefficients[name] ?? []));
      return [name, { low: quantile(values, 0.025), high: quantile(values, 0.975) }];
    }),
  );
}

function residualsOf(law: Law, observations: readonly Observation[]): number[] {
  return observations.flatMap(({ inputSizePx, miniBatchSize, value }) => {
    const predicted = law.evaluate(inputSizePx, miniBatchSize);
    return predicted === undefined ? [] : [value / predicted - 1];
  });
}

/** Of the squares of what was measured; residuals below are rounding. */
const NOTHING_LEFT = 1e-20;

/**
 * The coefficient of determination of a law on observations, 1 where it goes through all of them, even equal ones;
 * those that it says nothing of are left out.
 */
export function rSquared(law: Law, observations: readonly Observation[]): number {
  const mean = observations.reduce((sum, { value }) => sum + value, 0) / observations.length;
  let residual = 0;
  let total = 0;
  let squares = 0;
  for (const { inputSizePx, miniBatchSize, value } of observations) {
    const predicted = law.evaluate(inputSizePx, miniBatchSize);
    if (predicted === undefined) continue;
    residual += (value - predicted) ** 2;
    total += (value - mean) ** 2;
    squares += value ** 2;
  }
  return residual <= NOTHING_LEFT * squares ? 1 : 1 - residual / total;
}

function domainOf(observations: readonly Observation[]): Domain {
  const range = (values: number[]) => ({ low: Math.min(...values), high: Math.max(...values) });
  return {
    inputSizePx: range(observations.map(({ inputSizePx }) => inputSizePx)),
    miniBatchSize: range(observations.map(({ miniBatchSize }) => miniBatchSize)),
  };
}
