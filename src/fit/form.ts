import { MultivariateLinearRegression } from "ml-regression";
import { UserError } from "../core/user-error.js";

/** One measured value at one cell. */
export interface Observation {
  readonly inputSizePx: number;
  readonly miniBatchSize: number;
  readonly value: number;
}

/** A function that is linear in its coefficients: a name and the terms that the coefficients multiply. */
export interface Form {
  readonly name: string;
  readonly terms: readonly { readonly name: string; of(inputSizePx: number, miniBatchSize: number): number }[];
}

const one = { name: "constant", of: () => 1 };
const miniBatch = { name: "mbs", of: (_: number, miniBatchSize: number) => miniBatchSize };
const megapixels = { name: "Mpx", of: (inputSizePx: number) => inputSizePx ** 2 / 1e6 };
const work = {
  name: "mbs_Mpx",
  of: (inputSizePx: number, miniBatchSize: number) => (miniBatchSize * inputSizePx ** 2) / 1e6,
};

/** The study's law at one input size. */
export const LINEAR_IN_MINI_BATCH: Form = { name: "linear in mini-batch size", terms: [one, miniBatch] };
/** Images cost by their pixels and by themselves, on top of a fixed cost. */
export const SURFACE: Form = { name: "surface over size and mini-batch", terms: [one, megapixels, miniBatch, work] };
/** Activations grow with the pixels of a mini-batch; model and runtime do not. */
export const LINEAR_IN_PIXELS: Form = { name: "linear in mini-batch × pixels", terms: [one, work] };

/**
 * The coefficients that minimise the sum of squared relative errors, so that small cells count as much as large ones:
 * each row and its value are divided by the value.
 *
 * @throws UserError if there are fewer different cells than coefficients
 */
export function fitForm(form: Form, observations: readonly Observation[]): number[] {
  const cells = new Set(observations.map(({ inputSizePx, miniBatchSize }) => `${inputSizePx} ${miniBatchSize}`));
  if (cells.size < form.terms.length) {
    throw new UserError(`fit ${form.name}: requires at least ${form.terms.length} cells, got ${cells.size}`);
  }
  const rows = observations.map(({ inputSizePx, miniBatchSize, value }) =>
    form.terms.map((term) => term.of(inputSizePx, miniBatchSize) / value),
  );
  const regression = new MultivariateLinearRegression(
    rows,
    observations.map(() => [1]),
    { intercept: false, statistics: false },
  );
  return regression.weights.map(([weight = Number.NaN]) => weight);
}

export function evaluateForm(form: Form, coefficients: readonly number[], inputSizePx: number, miniBatchSize: number) {
  return form.terms.reduce(
    (sum, term, index) => sum + (coefficients[index] ?? Number.NaN) * term.of(inputSizePx, miniBatchSize),
    0,
  );
}
