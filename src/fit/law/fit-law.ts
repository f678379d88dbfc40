import type { Interval } from "../../core/statistics.js";
import { studentQuantile } from "../../core/student-t.js";
import { hiddenSteps } from "../../design/told-apart.js";
import type { Observation } from "../observation.js";
import { type CellMeans, cellMeans } from "./cell-means.js";
import { deviationGrid, sharedGrid } from "./deviation-grid.js";
import { type KrigedLaw, krigedLaw, mixture, shares } from "./kriging.js";
import { fitShape } from "./law-fit.js";
import { lawShapes } from "./law-shape.js";

/** One law that was tried. */
export interface LawScore {
  readonly name: string;
  /** The width of a step, the place of a knot: what was chosen besides coefficients; 0 where there is none. */
  readonly constant: number;
  readonly parameters: number;
  readonly bic: number;
  /** Its share in what is predicted. */
  readonly weight: number;
}

/** What is predicted of a cell. */
export interface LawPrediction {
  /** The median over processes. */
  readonly value: number;
  /** Where the function is, with such a probability. */
  interval(probability: number): Interval;
  /** Where a new process is, with such a probability. */
  ofProcess(probability: number): Interval;
}

/** A law and what the measured cells say beyond it. */
export interface FittedLaw {
  /** The best law first. */
  readonly laws: readonly LawScore[];
  /** The standard deviation of processes around the function, of their logarithms. */
  readonly noise: number;
  /** undefined where no law says anything. */
  at(inputSizePx: number, miniBatchSize: number): LawPrediction | undefined;
}

const LEAST_CELLS = 4;
/** Beyond, the covariances of cells would take minutes. */
const MOST_CELLS = 400;
/** A law whose further terms turned out to be 0 is the law without them. */
const SAME_BIC = 1e-6;
/** Laws with less of what is said at a cell are left out. */
const LEAST_SHARE = 1e-3;

/**
 * Fits ln value = law(size, mini-batch) + deviation of the cell + process noise. Where a law is right nothing is lost; where
 * none is, at steps, bends and edges of caches, the measured cells speak. The law is chosen by BIC; where the mini-batches
 * can't tell steps from a line (`hiddenSteps`), laws without steps are averaged.
 *
 * @returns undefined with fewer than four cells or more than 400, no cell with two trials, or a value that is not above 0
 * @example
 * const law = fitLaw(fit.latency.observations);
 * law?.at(224, 12)?.ofProcess(0.9); // the interval of nine new processes in ten, in ms
 */
export function fitLaw(observations: readonly Observation[]): FittedLaw | undefined {
  return fitOn(observations, deviationGrid);
}

/** `fitLaw` for several quantities of the same cells: what depends on the cells alone is computed once. */
export function lawFitter(): typeof fitLaw {
  const gridOf = sharedGrid();
  return (observations) => fitOn(observations, gridOf);
}

function fitOn(observations: readonly Observation[], gridOf: typeof deviationGrid): FittedLaw | undefined {
  if (observations.some(({ value }) => !(value > 0))) return undefined;
  const means = cellMeans(observations);
  const count = means.cells.length;
  if (count < LEAST_CELLS || count > MOST_CELLS || means.trials === count) return undefined;
  const steps = hiddenSteps(designOf(means)).length === 0;
  const sizes = [...new Set(means.cells.map(({ inputSizePx }) => inputSizePx))];
  const grid = gridOf(means.cells);
  const laws = lawShapes(sizes, { steps })
    .flatMap((shape) => fitShape(shape, means.cells) ?? [])
    .map((law) => krigedLaw(law, means, grid))
    .sort((a, b) => a.bic - b.bic)
    .filter(({ bic }, index, all) => index === 0 || bic - (all[index - 1]?.bic ?? 0) > SAME_BIC);
  const weights = steps ? laws.map((_, index) => Number(index === 0)) : shares(laws.map(({ bic }) => -bic / 2));
  const weighted = laws.map((kriged, index) => ({ kriged, weight: weights[index] ?? 0 }));
  return {
    laws: weighted.map(({ kriged: { law, bic }, weight }) => ({
      ...{ name: law.name, constant: law.constant, parameters: law.parameters, bic, weight },
    })),
    noise: Math.sqrt(weighted.reduce((sum, { kriged, weight }) => sum + weight * kriged.noise, 0)),
    at: (inputSizePx, miniBatchSize) => predictionOf(weighted, inputSizePx, miniBatchSize),
  };
}

function predictionOf(
  weighted: readonly { readonly kriged: KrigedLaw; readonly weight: number }[],
  inputSizePx: number,
  miniBatchSize: number,
): LawPrediction | undefined {
  const answering = weighted.filter(({ kriged }) => kriged.law.logAt(inputSizePx, miniBatchSize) !== undefined);
  const [first] = answering;
  if (first === undefined) return undefined;
  const total = answering.reduce((sum, { weight }) => sum + weight, 0);
  // The only law with a share may say nothing of another input size: then the next one does.
  const used =
    total > 0 ? answering.filter(({ weight }) => weight > LEAST_SHARE * total) : [{ kriged: first.kriged, weight: 1 }];
  const sum = used.reduce((all, { weight }) => all + weight, 0);
  const parts = used.flatMap(({ kriged, weight }) => {
    const said = kriged.at(inputSizePx, miniBatchSize);
    return said === undefined ? [] : [{ ...said, weight: weight / sum, noise: kriged.noise }];
  });
  const { mean, variance } = mixture(parts);
  const noise = parts.reduce((all, part) => all + part.weight * part.noise, 0);
  const within = (spread: number) => (probability: number) => {
    const reach = studentQuantile((1 + probability) / 2, first.kriged.degrees) * Math.sqrt(spread);
    return { low: Math.exp(mean - reach), high: Math.exp(mean + reach) };
  };
  return { value: Math.exp(mean), interval: within(variance), ofProcess: within(variance + noise) };
}

/** The measured mini-batches by input size, as a design has them. */
function designOf({ cells }: CellMeans) {
  const sizes = [...new Set(cells.map(({ inputSizePx }) => inputSizePx))];
  const bySize = sizes.map((size) => [
    size,
    cells.filter(({ inputSizePx }) => inputSizePx === size).map(({ miniBatchSize }) => miniBatchSize),
  ]);
  return { input_sizes_px: sizes, mini_batch_sizes: Object.fromEntries(bySize) as Record<string, number[]> };
}
