import { groupBy } from "../../core/group-by.js";
import { once } from "../../core/once.js";
import { onceForEach } from "../../core/once-for-each.js";
import { seededRandom } from "../../core/seeded-random.js";
import { stepsHiddenAmong } from "../../design/told-apart.js";
import { degreesWithin, repeatedCells } from "../observed/cell-logs.js";
import type { Observation } from "../observed/observation.js";
import { varianceLaw } from "../observed/variance-law.js";
import { type AnsweringLaw, answeringLaw } from "./answering-law.js";
import { cellMeans } from "./cell-means.js";
import { deviationGrid, sharedGrid } from "./deviation-grid.js";
import { drawByWeight, drawnLogs } from "./drawn-function.js";
import { krigedLaw, shares } from "./kriging.js";
import { fitShape } from "./law-fit.js";
import { answering, type LawPrediction, predictionOf } from "./law-prediction.js";
import { type LawCell, lawShapes } from "./law-shape.js";
import { likelyConstants } from "./likely-constants.js";
import { type NoiseTail, noiseTail } from "./noise-tail.js";
import { onceForEachCell } from "./once-for-each-cell.js";

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

/** A law and what the measured cells say beyond it. */
export interface FittedLaw {
  /** The best law first. */
  readonly laws: readonly LawScore[];
  /**
   * The standard deviation of processes around the function, of their logarithms; where no cell was repeated, that of
   * cells.
   */
  readonly noise: number;
  /** That no cell was repeated. */
  readonly unrepeated?: true;
  /** Of that noise, where it has more far values than a normal distribution. */
  readonly tail: NoiseTail | undefined;
  /** undefined where no law says anything. */
  at(inputSizePx: number, miniBatchSize: number): LawPrediction | undefined;
  /** undefined where no law says anything of an input size. */
  answering(inputSizePx: number): AnsweringLaw | undefined;
  /**
   * One of the functions that the measured cells allow, drawn as often as they make it likely, at some mini-batches of
   * an input size; undefined where no law says anything.
   *
   * @param name of the draw: the same one is the same function
   */
  draw(inputSizePx: number, miniBatchSizes: readonly number[], name: string): number[] | undefined;
}

const SEED = 1;
const LEAST_CELLS = 4;
/** Beyond, the covariances of cells would take minutes. */
const MOST_CELLS = 400;
/** A law with a smaller share is taken with its best constant alone. */
const LEAST_AVERAGED = 0.05;
/** A law whose further terms turned out to be 0 is the law without them. */
const SAME_BIC = 1e-6;

/**
 * Fits ln value = law(size, mini-batch) + deviation of the cell + process noise. Where a law is right nothing is lost;
 * where none is, at steps, bends and edges of caches, the measured cells speak. The law is chosen by BIC; where the
 * mini-batches can't tell steps from a line (`hiddenSteps`), laws without steps are averaged. Where it is known how
 * fast the machine was around a trial, the function is that of its mean speed, and the speed of a process to come is
 * noise.
 *
 * @returns undefined with fewer than four cells or more than 400, no cell with two trials unless that is allowed, or a
 *   value that is not above 0
 * @example
 * const law = fitLaw(fit.latency.observations);
 * law?.at(224, 12)?.ofProcess(0.9); // the interval of nine new processes in ten, in ms
 */
export function fitLaw(observations: readonly Observation[], options: LawOptions = {}): FittedLaw | undefined {
  return fitOn(observations, deviationGrid, options);
}

/** What laws are fitted to. */
export interface LawOptions {
  /**
   * Whether a law may be fitted to cells none of which was repeated. What is then called noise is how far cells are off
   * law and deviation: it is no promise of a process to come. Default: false.
   */
  readonly unrepeated?: boolean;
}

/** `fitLaw` for several quantities of the same cells: what depends on the cells alone is computed once. */
export function lawFitter(options: LawOptions = {}): (observations: readonly Observation[]) => FittedLaw | undefined {
  const gridOf = sharedGrid();
  return (observations) => fitOn(observations, gridOf, options);
}

function fitOn(
  measured: readonly Observation[],
  gridOf: typeof deviationGrid,
  { unrepeated = false }: LawOptions,
): FittedLaw | undefined {
  if (measured.some(({ value }) => !(value > 0))) return undefined;
  const observations = measured.map(withoutKnown);
  const ofMachine = knownVariance(measured);
  const means = cellMeans(observations);
  const count = means.cells.length;
  const isRepeated = means.trials > count;
  if (count < LEAST_CELLS || count > MOST_CELLS || !(isRepeated || unrepeated)) return undefined;
  const bySize = groupBy(means.cells, ({ inputSizePx }) => inputSizePx);
  const sizes = [...bySize.values()].map((cells) => cells.map(({ miniBatchSize }) => miniBatchSize));
  const steps = stepsHiddenAmong(sizes).length === 0;
  const grid = gridOf(means.cells);
  const laws = lawShapes(means.cells, { steps })
    .flatMap((shape) => {
      const law = fitShape(shape, means.cells);
      return law === undefined ? [] : [{ shape, kriged: krigedLaw(law, means, grid) }];
    })
    .filter(
      ({ kriged: { bic } }, index, all) =>
        !all.slice(0, index).some((simpler) => Math.abs(simpler.kriged.bic - bic) <= SAME_BIC),
    )
    .sort((a, b) => a.kriged.bic - b.kriged.bic);
  const weights = steps
    ? laws.map((_, index) => Number(index === 0))
    : shares(laws.map(({ kriged }) => -kriged.bic / 2));
  const scored = laws.map((law, index) => ({ ...law, weight: weights[index] ?? 0 }));
  const weighted = scored.flatMap(({ shape, kriged, weight }) =>
    weight < LEAST_AVERAGED
      ? [{ kriged, weight }]
      : likelyConstants(shape, kriged, means, grid).map((likely) => ({ ...likely, weight: weight * likely.weight })),
  );
  const at = onceForEach((inputSizePx: number) => answering(weighted, inputSizePx));
  const noiseRatio = isRepeated ? noiseRatioOf(observations) : () => 1;
  const answeringAt = onceForEach((inputSizePx: number) => answeringLaw(at(inputSizePx), means));
  const noise = weighted.reduce((sum, { kriged, weight }) => sum + weight * kriged.noise, 0);
  const tail = once(() => {
    if (!isRepeated) return undefined;
    return noiseTail(
      measured.flatMap(({ inputSizePx, miniBatchSize, value }) => {
        const said = answeringAt(inputSizePx)?.extrapolate(inputSizePx, miniBatchSize);
        const deviation = Math.sqrt(noiseRatio({ inputSizePx, miniBatchSize }) + ofMachine / noise);
        return said === undefined ? [] : [Math.log(value / said) / deviation];
      }),
    );
  });
  return {
    laws: scored.map(({ kriged: { law, bic }, weight }) => ({
      ...{ name: law.name, constant: law.constant, parameters: law.parameters, bic, weight },
    })),
    noise: Math.sqrt(noise + ofMachine),
    ...(!isRepeated && { unrepeated: true }),
    get tail() {
      return tail();
    },
    at: onceForEachCell((inputSizePx, miniBatchSize) =>
      predictionOf(
        at(inputSizePx),
        { inputSizePx, miniBatchSize },
        { ratio: noiseRatio({ inputSizePx, miniBatchSize }), ofMachine, tail: tail() },
      ),
    ),
    answering: answeringAt,
    draw(inputSizePx, miniBatchSizes, name) {
      const random = seededRandom(SEED, name);
      const parts = at(inputSizePx);
      const { kriged } = drawByWeight(parts, random) ?? {};
      return kriged && drawnLogs(kriged, inputSizePx, miniBatchSizes, random)?.map(Math.exp);
    },
  };
}

/** What would have been measured at the machine's mean speed. */
function withoutKnown({ inputSizePx, miniBatchSize, value, knownLog = 0 }: Observation): Observation {
  return { inputSizePx, miniBatchSize, value: value * Math.exp(-knownLog) };
}

/** What the machine's speed adds to the variance of a process to come, of which it is not known. */
function knownVariance(observations: readonly Observation[]): number {
  return observations.reduce((sum, { knownLog = 0 }) => sum + knownLog ** 2, 0) / observations.length;
}

/** The variance of trials at a cell over that of all; it may fall with the mini-batch. */
function noiseRatioOf(observations: readonly Observation[]): (cell: LawCell) => number {
  const repeated = repeatedCells(observations);
  const law = varianceLaw(repeated);
  const degrees = degreesWithin(repeated);
  const mean = repeated.reduce((sum, cell) => sum + ((cell.logs.length - 1) / degrees) * law.at(cell), 0);
  return (cell) => (mean > 0 ? law.at(cell) / mean : 1);
}
