import type { Interval } from "../../core/statistics.js";
import { studentQuantile } from "../../core/student-t.js";
import { type KrigedLaw, mixture } from "./kriging.js";
import type { LawCell } from "./law-shape.js";
import type { NoiseTail } from "./noise-tail.js";
import { type ProcessSpread, slowestOf } from "./process-spread.js";

/**
 * What sessions and slow spells make of the noise of a quantity: of that around its cell a part is shared by processes
 * that run together.
 */
export interface SharedNoise {
  /** The variance of ln of what all of a plan's processes share, around the mean of what was measured. */
  readonly commonVariance: number;
  /** With so many degrees of freedom it is known: two sessions have one. */
  readonly commonDegrees: number;
  /** By how much of it the mean of what was measured is off. */
  readonly meanVariance: number;
  /** Of the variance of trials around their cells, what each process has by itself. */
  readonly ownShare: number;
}

/** Where nothing is known to be shared. */
export const NOTHING_SHARED: SharedNoise = { commonVariance: 0, commonDegrees: Infinity, meanVariance: 0, ownShare: 1 };

/** What is predicted of a cell. */
export interface LawPrediction {
  /** The median over processes. */
  readonly value: number;
  /** Where the function is, with such a probability. */
  interval(probability: number): Interval;
  /** Where a new process is, with such a probability. */
  ofProcess(probability: number): Interval;
  /**
   * What all of so many new processes stay below, with such a probability.
   *
   * @param shared what of their noise all of them share, as processes of one session do. Default: nothing
   */
  slowestOf(processes: number, probability: number, shared?: SharedNoise): number;
  /**
   * What such bounds are computed from.
   *
   * @param shared as of `slowestOf`
   */
  spread(shared?: SharedNoise): ProcessSpread;
}

/** Laws with less of what is said at a cell are left out. */
const LEAST_SHARE = 1e-3;

/** One of the laws that a quantity is predicted with. */
export interface WeightedLaw {
  readonly kriged: KrigedLaw;
  readonly weight: number;
}

/** The laws that say something of an input size, with weights that add up to 1. */
export function answering(weighted: readonly WeightedLaw[], inputSizePx: number): WeightedLaw[] {
  const all = weighted.filter(({ kriged }) => kriged.law.logAt(inputSizePx, 1) !== undefined);
  const [first] = all;
  if (first === undefined) return [];
  const total = all.reduce((sum, { weight }) => sum + weight, 0);
  // The only law with a share may say nothing of another input size: then the next one does.
  const used = total > 0 ? all.filter(({ weight }) => weight > LEAST_SHARE * total) : [{ ...first, weight: 1 }];
  const sum = used.reduce((of, { weight }) => of + weight, 0);
  return used.map(({ kriged, weight }) => ({ kriged, weight: weight / sum }));
}

/** How processes scatter at a cell. */
export interface CellNoise {
  /** Of their variance there over that of all cells. */
  readonly ratio: number;
  /** What the machine's speed adds to the variance, which is known of the trials and not of a process to come. */
  readonly ofMachine: number;
  readonly tail: NoiseTail | undefined;
}

/** What laws together say of a cell; undefined where none says anything. */
export function predictionOf(
  parts: readonly WeightedLaw[],
  { inputSizePx, miniBatchSize }: LawCell,
  { ratio, ofMachine, tail }: CellNoise,
): LawPrediction | undefined {
  const said = parts.flatMap(({ kriged, weight }) => {
    const prediction = kriged.at(inputSizePx, miniBatchSize);
    return prediction === undefined ? [] : [{ ...prediction, weight, noise: kriged.noise }];
  });
  const degrees = parts[0]?.kriged.degrees;
  if (said.length === 0 || degrees === undefined) return undefined;
  const { mean, variance } = mixture(said);
  const noise = ofMachine + ratio * said.reduce((all, part) => all + part.weight * part.noise, 0);
  const within = (spread: number) => (probability: number) => {
    const reach = studentQuantile((1 + probability) / 2, degrees) * Math.sqrt(spread);
    return { low: Math.exp(mean - reach), high: Math.exp(mean + reach) };
  };
  const spread = ({ ownShare, meanVariance: _, ...common } = NOTHING_SHARED): ProcessSpread => ({
    ...common,
    median: Math.exp(mean),
    functionVariance: variance,
    processVariance: ownShare * noise,
    ...{ degrees, tail },
  });
  return {
    value: Math.exp(mean),
    interval: within(variance),
    ofProcess: within(variance + noise),
    slowestOf: (processes, probability, shared) => slowestOf(spread(shared), processes, probability),
    spread,
  };
}
