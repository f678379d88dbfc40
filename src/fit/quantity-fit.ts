import { counted } from "../core/counted.js";
import { distinct } from "../core/distinct.js";
import { groupBy } from "../core/group-by.js";
import { once } from "../core/once.js";
import { UserError } from "../core/user-error.js";
import { CANDIDATE_FORMS, LINEAR_PER_SIZE } from "./candidate-forms.js";
import { type ExtrapolationError, extrapolationError, noiseFloor } from "./cross-validation.js";
import { fitFunction, functionOf } from "./fit-function.js";
import type { FittedFunction } from "./fitted-function.js";
import type { Form } from "./form.js";
import { type LackOfFit, lackOfFit } from "./lack-of-fit.js";
import { type FittedLaw, fitLaw } from "./law/fit-law.js";
import { countCells, type Observation } from "./observed/observation.js";

/** How one candidate form predicts what it has not seen. Errors are medians of |relative error|, as ratios. */
export interface CandidateScore {
  readonly form: string;
  readonly coefficients: number;
  readonly leftOutError: number | undefined;
  readonly extrapolation: ExtrapolationError;
  /** Left-out error within 1.2 × the noise floor: as good as the machine allows. */
  readonly withinNoise: boolean;
  readonly chosen: boolean;
}

/** One quantity of a device, latency, warm-up or memory, as functions of input size and mini-batch size. */
export interface QuantityFit {
  readonly quantity: string;
  /** What it was fitted to. */
  readonly observations: readonly Observation[];
  /** The study's law at each input size that has at least two mini-batch sizes. */
  readonly bySize: ReadonlyMap<number, FittedFunction>;
  /** The form that cross-validation over cells chose. */
  readonly chosen: FittedFunction;
  /** The best of the forms that answer at any input size, or undefined where there are too few cells for them. */
  readonly surface: FittedFunction | undefined;
  readonly noiseFloor: number | undefined;
  /** Whether the chosen function misses its cells by more than trials scatter; undefined where nothing was repeated. */
  lackOfFit(): LackOfFit | undefined;
  /** Every candidate's errors, simplest form first. Computed when first asked for. */
  candidates(): readonly CandidateScore[];
  /**
   * The law and what the measured cells say beyond it, which plans are made with; undefined where there are too few
   * cells or no repeated ones. Fitted when first asked for.
   */
  law(): FittedLaw | undefined;
  /** The chosen function where it answers at an input size, else the surface; undefined if neither does. */
  formAt(inputSizePx: number): FittedFunction | undefined;
  /**
   * The same.
   *
   * @throws UserError if neither answers
   */
  at(inputSizePx: number): FittedFunction;
}

/** A fit this near the noise floor is as good as the machine allows. */
export const NOISE_MARGIN = 1.2;
/** A simpler form is preferred while its error is within this factor of the smallest. */
const SIMPLER_WITHIN = 1.05;
/** About so many mini-batch sizes of each input size are looked at. */
const MOST_CHECKED = 256;
/** Errors below this are rounding. */
const ROUNDING = 1e-9;

/**
 * Fits every candidate form to one quantity and chooses by the error on left-out cells, each when it is first asked
 * for.
 *
 * @param quantity what is predicted, with its unit, e.g. `latency_ms`
 * @param lawOf fits law and deviation; one of `lawFitter` shares work between quantities of the same cells
 * @throws UserError if there are no observations
 */
export function fitQuantity(
  quantity: string,
  observations: readonly Observation[],
  forms: readonly Form[] = CANDIDATE_FORMS,
  lawOf: (observations: readonly Observation[]) => FittedLaw | undefined = fitLaw,
): QuantityFit {
  if (observations.length === 0) throw new UserError(`fit of ${quantity}: requires at least 1 cell, got 0`);
  const floor = once(() => noiseFloor(observations));
  const choice = once(() => chooseForm(quantity, observations, forms, floor()));
  const bySize = once(() => linearBySize(quantity, observations));
  const formAt = (inputSizePx: number) =>
    [choice().chosen.fitted, choice().surface].find((form) => form?.extrapolate(inputSizePx, 1) !== undefined);
  return {
    quantity,
    observations,
    get bySize() {
      return bySize();
    },
    get chosen() {
      return choice().chosen.fitted;
    },
    get surface() {
      return choice().surface;
    },
    get noiseFloor() {
      return floor();
    },
    lackOfFit: once(() => lackOfFit(choice().chosen.fitted, observations)),
    candidates: once(() =>
      choice().fitted.map(({ form, fitted: { coefficients, leftOutError } }) => ({
        form: form.name,
        coefficients: Object.keys(coefficients).length,
        leftOutError,
        extrapolation: extrapolationError(form, observations),
        withinNoise: (leftOutError ?? Infinity) <= NOISE_MARGIN * (floor() ?? Number.NaN),
        chosen: form === choice().chosen.form,
      })),
    ),
    law: once(() => lawOf(observations)),
    formAt,
    at(inputSizePx) {
      const answering = formAt(inputSizePx);
      if (answering !== undefined) return answering;
      const sizes = distinct(observations.map((observation) => observation.inputSizePx));
      throw new UserError(`${quantity} at input size ${inputSizePx}: not measured, allowed are ${sizes.join(", ")}`);
    },
  };
}

/** A form with what was fitted of it. */
interface Candidate {
  readonly form: Form;
  readonly fitted: FittedFunction;
}

/** Every candidate that could be fitted, the best of them, and the best of those that answer at any input size. */
function chooseForm(
  quantity: string,
  observations: readonly Observation[],
  forms: readonly Form[],
  floor: number | undefined,
): { readonly fitted: readonly Candidate[]; readonly chosen: Candidate; readonly surface: FittedFunction | undefined } {
  const every = forms.flatMap((form) => {
    const law = form.fit(observations);
    return law === undefined ? [] : [{ form, fitted: functionOf(quantity, form, law, observations) }];
  });
  // Through as many cells as it has coefficients a form passes whatever they are: where others can be held against
  // cells that they have not seen, it is no candidate.
  const checked = every.filter((candidate) => candidate.fitted.leftOutError !== undefined);
  const fitted = checked.length > 0 ? checked : every;
  // A law that is not above 0 somewhere between its measurements is none, however small its error at them.
  const positive = fitted.filter((candidate) => isPositive(candidate.fitted, observations));
  const sound = positive.length > 0 ? positive : fitted;
  const chosen = best(sound, floor);
  if (chosen === undefined)
    throw new UserError(`fit of ${quantity}: no form can be fitted to ${counted(countCells(observations), "cell")}`);
  const { high } = chosen.fitted.domain.inputSizePx;
  // What answers half-way to the next pixel answers anywhere.
  const surfaces = sound.filter((candidate) => candidate.fitted.extrapolate(high + 0.5, 1) !== undefined);
  return { fitted, chosen, surface: best(surfaces, floor)?.fitted };
}

/**
 * The simplest candidate whose left-out error is as good as the machine allows (1.2 × the noise floor) or within 5 % of
 * the smallest error; without such errors the simplest.
 */
function best(candidates: readonly Candidate[], floor: number | undefined): Candidate | undefined {
  const smallest = Math.min(...candidates.map(({ fitted }) => fitted.leftOutError ?? Number.POSITIVE_INFINITY));
  const enough = Math.max(SIMPLER_WITHIN * smallest, NOISE_MARGIN * (floor ?? 0), ROUNDING);
  return candidates.find(({ fitted: { leftOutError } }) => (leftOutError ?? Infinity) <= enough) ?? candidates[0];
}

/** Whether a function is above 0 from the smallest mini-batch size of all to the largest of each input size. */
function isPositive(fitted: FittedFunction, observations: readonly Observation[]): boolean {
  const smallest = fitted.domain.miniBatchSize.low;
  return [...groupBy(observations, ({ inputSizePx }) => inputSizePx)].every(([size, values]) => {
    const largest = Math.max(...values.map(({ miniBatchSize }) => miniBatchSize));
    const step = Math.max(1, Math.floor(largest / MOST_CHECKED));
    for (let miniBatch = smallest; miniBatch <= largest; miniBatch += step) {
      const value = fitted.extrapolate(size, miniBatch);
      if (value !== undefined && value <= 0) return false;
    }
    return true;
  });
}

function linearBySize(quantity: string, observations: readonly Observation[]): Map<number, FittedFunction> {
  const sizes = [...groupBy(observations, ({ inputSizePx }) => inputSizePx)].sort(([a], [b]) => a - b);
  return new Map(
    sizes
      .filter(([, values]) => countCells(values) >= 2)
      .map(([size, values]) => [size, fitFunction(quantity, LINEAR_PER_SIZE, values)]),
  );
}
