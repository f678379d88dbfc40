import { relativeLeastSquares } from "../core/least-squares.js";
import { countCells, type Observation } from "./observed/observation.js";

/** A function of input size and mini-batch size with its coefficients. */
export interface Law {
  readonly coefficients: Readonly<Record<string, number>>;
  /** The value at a cell; undefined where the law says nothing, as one per input size does of another size. */
  evaluate(inputSizePx: number, miniBatchSize: number): number | undefined;
  /** The right-hand side for people, e.g. `2.0 + 5.8 mbs`, one line per input size where there are several. */
  readonly terms: readonly string[];
  /** The same as LaTeX, with s for the input size in px and b for the mini-batch size. */
  readonly latex: readonly string[];
}

/** A family of laws and how one of them is fitted to observations. */
export interface Form {
  readonly name: string;
  /** undefined if there are fewer different cells than coefficients */
  fit(observations: readonly Observation[]): Law | undefined;
}

/** One term of a form that is linear in its coefficients. */
export interface Term {
  readonly name: string;
  readonly text: string;
  readonly latex: string;
  /** Its value at a cell. */
  of(inputSizePx: number, miniBatchSize: number): number;
}

const PX_PER_MEGAPIXEL = 1e6;

/** What does not grow. */
export const CONSTANT: Term = { name: "constant", text: "", latex: "", of: () => 1 };
/** Images of the mini-batch. */
export const MINI_BATCH: Term = { name: "mbs", text: "mbs", latex: "b", of: (_, miniBatchSize) => miniBatchSize };
/** Their square: a bend. */
export const MINI_BATCH_SQUARED: Term = {
  name: "mbs_squared",
  text: "mbs²",
  latex: "b^2",
  of: (_, miniBatchSize) => miniBatchSize ** 2,
};
/** Megapixels of an image. */
export const MEGAPIXELS: Term = {
  name: "Mpx",
  text: "Mpx",
  latex: "s^2",
  of: (inputSizePx) => inputSizePx ** 2 / PX_PER_MEGAPIXEL,
};
/** Megapixels of a whole mini-batch. */
export const WORK: Term = {
  name: "mbs_Mpx",
  text: "mbs × Mpx",
  latex: "b\\,s^2",
  of: (inputSizePx, miniBatchSize) => (miniBatchSize * inputSizePx ** 2) / PX_PER_MEGAPIXEL,
};

/** What a mini-batch costs beyond so many megapixels: a law that is linear up to a knot and linear beyond it. */
export function beyond(knotMegapixels: number): Term {
  return {
    name: "beyond_knot",
    text: `max(0, mbs × Mpx − ${knotMegapixels.toPrecision(3)})`,
    latex: `\\max(0,\\,b\\,s^2 - ${knotMegapixels.toPrecision(3)})`,
    of: (inputSizePx, miniBatchSize) => Math.max(0, WORK.of(inputSizePx, miniBatchSize) - knotMegapixels),
  };
}

/** The same of a mini-batch size. */
export function beyondMiniBatch(knot: number): Term {
  return {
    name: "beyond_knot",
    text: `max(0, mbs − ${knot.toPrecision(3)})`,
    latex: `\\max(0,\\,b - ${knot.toPrecision(3)})`,
    of: (_, miniBatchSize) => Math.max(0, miniBatchSize - knot),
  };
}

/**
 * A form that is linear in its coefficients, fitted on relative error.
 *
 * @param needsGrid at least two input sizes and two mini-batch sizes, without which terms of both can't be told apart
 */
export function linearForm(name: string, terms: readonly Term[], needsGrid = false): Form {
  return {
    name,
    fit(observations) {
      if (countCells(observations) < terms.length || (needsGrid && !isGrid(observations))) return undefined;
      return linearLaw(terms, observations);
    },
  };
}

/** Whether observations have at least two input sizes and two mini-batch sizes. */
export function isGrid(observations: readonly Observation[]): boolean {
  const sizes = new Set(observations.map(({ inputSizePx }) => inputSizePx));
  const miniBatchSizes = new Set(observations.map(({ miniBatchSize }) => miniBatchSize));
  return sizes.size >= 2 && miniBatchSizes.size >= 2;
}

/** The law of given terms that fits observations best on relative error. */
export function linearLaw(terms: readonly Term[], observations: readonly Observation[]): Law {
  const coefficients = relativeLeastSquares(
    observations.map(({ inputSizePx, miniBatchSize }) => terms.map((term) => term.of(inputSizePx, miniBatchSize))),
    observations.map(({ value }) => value),
  );
  return {
    coefficients: Object.fromEntries(terms.map(({ name }, index) => [name, coefficients[index] ?? Number.NaN])),
    evaluate: (inputSizePx, miniBatchSize) =>
      terms.reduce((sum, term, index) => sum + (coefficients[index] ?? 0) * term.of(inputSizePx, miniBatchSize), 0),
    terms: [sumOf(coefficients, terms, "text")],
    latex: [sumOf(coefficients, terms, "latex")],
  };
}

/** A sum of coefficients and terms, four significant digits each. */
export function sumOf(coefficients: readonly number[], terms: readonly Term[], key: "text" | "latex"): string {
  const space = key === "latex" ? "\\," : " ";
  const minus = key === "latex" ? "-" : "−";
  return terms
    .map((term, index) => {
      const coefficient = coefficients[index] ?? Number.NaN;
      const sign = coefficient < 0 ? `${minus} ` : index === 0 ? "" : "+ ";
      return `${sign}${digits(Math.abs(coefficient), key)}${term[key] === "" ? "" : space + term[key]}`;
    })
    .join(" ");
}

/** Four significant digits, powers of ten as a person or LaTeX writes them. */
export function digits(value: number, key: "text" | "latex"): string {
  const [mantissa = "", exponent] = value.toPrecision(4).split("e");
  if (exponent === undefined) return mantissa;
  return key === "latex" ? `${mantissa} \\cdot 10^{${Number(exponent)}}` : `${mantissa}e${Number(exponent)}`;
}
