import { groupBy } from "../core/group-by.js";
import { median, sorted } from "../core/statistics.js";
import { UserError } from "../core/user-error.js";
import type { Domain, FittedFunction } from "./fitted-function.js";
import { evaluateForm, type Form, fitForm, type Observation } from "./form.js";

/** How far outside its domain a function still answers, as a factor. */
const REACH = 1.5;

/**
 * Fits one form to measured values.
 *
 * @param quantity what is predicted, with its unit, e.g. `latency_ms`
 * @throws UserError if there are too few cells for the form
 */
export function fitFunction(quantity: string, form: Form, observations: readonly Observation[]): FittedFunction {
  const coefficients = fitForm(form, observations);
  const domain = domainOf(observations);
  return {
    quantity,
    form: form.name,
    formula: formulaOf(quantity, form, coefficients),
    coefficients: Object.fromEntries(form.terms.map(({ name }, index) => [name, coefficients[index] ?? Number.NaN])),
    rSquared: rSquared(form, coefficients, observations),
    leftOutError: leftOutError(form, observations),
    domain,
    predict(inputSizePx, miniBatchSize) {
      requireNear(quantity, "input size", inputSizePx, domain.inputSizePx);
      requireNear(quantity, "mini-batch size", miniBatchSize, domain.miniBatchSize);
      return evaluateForm(form, coefficients, inputSizePx, miniBatchSize);
    },
  };
}

/** Every cell is predicted from a fit without it; the median of |predicted / measured − 1| over all values. */
function leftOutError(form: Form, observations: readonly Observation[]): number | undefined {
  const byCell = groupBy(observations, ({ inputSizePx, miniBatchSize }) => `${inputSizePx} ${miniBatchSize}`);
  if (byCell.size <= form.terms.length) return undefined;
  const errors = [...byCell.values()].flatMap((leftOut) => {
    const coefficients = fitForm(
      form,
      observations.filter((observation) => !leftOut.includes(observation)),
    );
    return leftOut.map(({ inputSizePx, miniBatchSize, value }) =>
      Math.abs(evaluateForm(form, coefficients, inputSizePx, miniBatchSize) / value - 1),
    );
  });
  return median(sorted(errors));
}

function rSquared(form: Form, coefficients: readonly number[], observations: readonly Observation[]): number {
  const mean = observations.reduce((sum, { value }) => sum + value, 0) / observations.length;
  let residual = 0;
  let total = 0;
  for (const { inputSizePx, miniBatchSize, value } of observations) {
    residual += (value - evaluateForm(form, coefficients, inputSizePx, miniBatchSize)) ** 2;
    total += (value - mean) ** 2;
  }
  return 1 - residual / total;
}

function domainOf(observations: readonly Observation[]): Domain {
  const range = (values: number[]) => ({ low: Math.min(...values), high: Math.max(...values) });
  return {
    inputSizePx: range(observations.map(({ inputSizePx }) => inputSizePx)),
    miniBatchSize: range(observations.map(({ miniBatchSize }) => miniBatchSize)),
  };
}

function requireNear(quantity: string, what: string, value: number, { low, high }: { low: number; high: number }) {
  if (value < low / REACH || value > high * REACH) {
    throw new UserError(
      `${quantity} at ${what} ${value}: too far outside what was measured, allowed are ${Math.ceil(low / REACH)} to ${Math.floor(high * REACH)}`,
    );
  }
}

function formulaOf(quantity: string, form: Form, coefficients: readonly number[]): string {
  const terms = form.terms.map(({ name }, index) => {
    const coefficient = coefficients[index] ?? Number.NaN;
    const sign = coefficient < 0 ? "−" : index === 0 ? "" : "+";
    return `${sign} ${Math.abs(coefficient).toPrecision(4)}${name === "constant" ? "" : ` ${name.replace("_", " × ")}`}`;
  });
  return `${quantity} = ${terms.join(" ").trim()}`;
}
