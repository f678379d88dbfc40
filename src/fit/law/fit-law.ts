import { once } from "../../core/once.js";
import { onceForEach } from "../../core/once-for-each.js";
import type { SeededRandom } from "../../core/seeded-random.js";
import { median, sorted } from "../../core/statistics.js";
import { hiddenSteps } from "../../design/told-apart.js";
import { cellLogs } from "../observed/cell-logs.js";
import { cellOf, type Observation } from "../observed/observation.js";
import { varianceLaw } from "../observed/variance-law.js";
import { type CellMeans, cellMeans } from "./cell-means.js";
import { deviationGrid, sharedGrid } from "./deviation-grid.js";
import { drawByWeight, drawnLogs } from "./drawn-function.js";
import { krigedLaw, shares } from "./kriging.js";
import { fitShape } from "./law-fit.js";
import { answering, type LawPrediction, predictionOf, type WeightedLaw } from "./law-prediction.js";
import { type LawCell, lawShapes } from "./law-shape.js";
import { leftOutLogs } from "./left-out-cells.js";
import { type NoiseTail, noiseTail } from "./noise-tail.js";

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

/** What answers at an input size, and how it errs on cells that it has not seen. */
export interface AnsweringLaw {
  /** The name of the law that says most. */
  readonly form: string;
  /** Median absolute relative error on cells that were left out, as a ratio; undefined where none can be. */
  readonly leftOutError: number | undefined;
  /** What was measured at a cell over what is predicted without it; undefined where nothing is. */
  leftOutRatio(inputSizePx: number, miniBatchSize: number): number | undefined;
  /** The median over processes. */
  extrapolate(inputSizePx: number, miniBatchSize: number): number | undefined;
}

/** A law and what the measured cells say beyond it. */
export interface FittedLaw {
  /** The best law first. */
  readonly laws: readonly LawScore[];
  /** The standard deviation of processes around the function, of their logarithms. */
  readonly noise: number;
  /** Of that noise, where it has more far values than a normal distribution. */
  readonly tail: NoiseTail | undefined;
  /** undefined where no law says anything. */
  at(inputSizePx: number, miniBatchSize: number): LawPrediction | undefined;
  /** undefined where no law says anything of an input size. */
  answering(inputSizePx: number): AnsweringLaw | undefined;
  /**
   * One of the functions that the measured cells allow, drawn as often as they make it likely, at some mini-batches of an
   * input size; undefined where no law says anything.
   */
  draw(inputSizePx: number, miniBatchSizes: readonly number[], random: SeededRandom): number[] | undefined;
}

const LEAST_CELLS = 4;
/** Beyond, the covariances of cells would take minutes. */
const MOST_CELLS = 400;
/** A law whose further terms turned out to be 0 is the law without them. */
const SAME_BIC = 1e-6;

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
  const grid = gridOf(means.cells);
  const laws = lawShapes(means.cells, { steps })
    .flatMap((shape) => fitShape(shape, means.cells) ?? [])
    .map((law) => krigedLaw(law, means, grid))
    .sort((a, b) => a.bic - b.bic)
    .filter(({ bic }, index, all) => index === 0 || bic - (all[index - 1]?.bic ?? 0) > SAME_BIC);
  const weights = steps ? laws.map((_, index) => Number(index === 0)) : shares(laws.map(({ bic }) => -bic / 2));
  const weighted = laws.map((kriged, index) => ({ kriged, weight: weights[index] ?? 0 }));
  const at = onceForEach((inputSizePx: number) => answering(weighted, inputSizePx));
  const noiseRatio = noiseRatioOf(observations);
  const answeringAt = onceForEach((inputSizePx: number) => answeringLaw(at(inputSizePx), means));
  const tail = once(() =>
    noiseTail(
      observations.flatMap(({ inputSizePx, miniBatchSize, value }) => {
        const said = answeringAt(inputSizePx)?.extrapolate(inputSizePx, miniBatchSize);
        const deviation = Math.sqrt(noiseRatio({ inputSizePx, miniBatchSize }));
        return said === undefined ? [] : [Math.log(value / said) / deviation];
      }),
    ),
  );
  return {
    laws: weighted.map(({ kriged: { law, bic }, weight }) => ({
      ...{ name: law.name, constant: law.constant, parameters: law.parameters, bic, weight },
    })),
    noise: Math.sqrt(weighted.reduce((sum, { kriged, weight }) => sum + weight * kriged.noise, 0)),
    get tail() {
      return tail();
    },
    at: onceForEachCell((inputSizePx, miniBatchSize) =>
      predictionOf(at(inputSizePx), { inputSizePx, miniBatchSize }, noiseRatio({ inputSizePx, miniBatchSize }), tail()),
    ),
    answering: answeringAt,
    draw(inputSizePx, miniBatchSizes, random) {
      const parts = at(inputSizePx);
      const { kriged } = drawByWeight(parts, random) ?? {};
      return kriged && drawnLogs(kriged, inputSizePx, miniBatchSizes, random)?.map(Math.exp);
    },
  };
}

function answeringLaw(parts: readonly WeightedLaw[], means: CellMeans): AnsweringLaw | undefined {
  const [first] = parts;
  if (first === undefined) return undefined;
  const leftOut = once(() => leftOutOf(parts, means));
  return {
    form: first.kriged.law.name,
    get leftOutError() {
      const errors = [...leftOut().values()].map((log) => Math.abs(Math.expm1(log)));
      return errors.length === 0 ? undefined : median(sorted(errors));
    },
    leftOutRatio(inputSizePx, miniBatchSize) {
      const log = leftOut().get(cellOf({ inputSizePx, miniBatchSize }));
      return log === undefined ? undefined : Math.exp(log);
    },
    extrapolate: onceForEachCell((inputSizePx, miniBatchSize) =>
      Math.exp(
        parts.reduce(
          (sum, { kriged, weight }) => sum + weight * (kriged.meanAt(inputSizePx, miniBatchSize) ?? Number.NaN),
          0,
        ),
      ),
    ),
  };
}

/** The variance of trials at a cell over that of all; it may fall with the mini-batch. */
function noiseRatioOf(observations: readonly Observation[]): (cell: LawCell) => number {
  const repeated = [...cellLogs(observations).values()].filter(({ logs }) => logs.length > 1);
  const law = varianceLaw(repeated);
  const degrees = repeated.reduce((sum, { logs }) => sum + logs.length - 1, 0);
  const mean = repeated.reduce((sum, cell) => sum + ((cell.logs.length - 1) / degrees) * law.at(cell), 0);
  return (cell) => (mean > 0 ? law.at(cell) / mean : 1);
}

/** Plans ask for the same cells again and again. */
function onceForEachCell<Value>(compute: (inputSizePx: number, miniBatchSize: number) => Value) {
  const atSize = onceForEach((inputSizePx: number) =>
    onceForEach((miniBatchSize: number) => compute(inputSizePx, miniBatchSize)),
  );
  return (inputSizePx: number, miniBatchSize: number) => atSize(inputSizePx)(miniBatchSize);
}

/** By cell, ln of what was measured over what the laws say of it without it; not where they say nothing. */
function leftOutOf(parts: readonly WeightedLaw[], { cells }: CellMeans): Map<string, number> {
  const logs = parts.map(({ kriged, weight }) => ({ ofCells: leftOutLogs(kriged), weight }));
  return new Map(
    cells.flatMap((cell, index) => {
      const said = logs.flatMap(({ ofCells, weight }) => {
        const log = ofCells[index];
        return log === undefined ? [] : [{ log, weight }];
      });
      const total = said.reduce((sum, { weight }) => sum + weight, 0);
      if (total === 0) return [];
      return [[cellOf(cell), said.reduce((sum, { log, weight }) => sum + (weight / total) * log, 0)] as const];
    }),
  );
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
