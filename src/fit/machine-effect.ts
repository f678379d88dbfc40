import { dotProduct } from "../core/dot-product.js";
import { fisherUpperTail } from "../core/fisher-f.js";
import { groupBy } from "../core/group-by.js";
import { leastSquares } from "../core/least-squares.js";
import { studentCumulative } from "../core/student-t.js";
import type { PulseRow, TrialRow } from "../dataset/tables.js";
import type { NoisyQuantity } from "./noise-levels.js";
import { meanOf } from "./observed/cell-logs.js";
import { cellOf } from "./observed/observation.js";

/** How much of the differences between processes of a cell goes with how fast the machine was around them. */
export interface MachineEffect {
  readonly quantity: string;
  /** The pulse, or the price of a fresh page. */
  readonly covariate: "pulse" | "touch";
  /** Of the variance of logarithms within cells. */
  readonly share: number;
  /** By how many per cent the quantity grows with one per cent of the covariate. */
  readonly slope: number;
  /** Two-sided: so likely as much goes with it by chance. */
  readonly pValue: number;
  /** Trials whose machine is known, in cells that have several. */
  readonly trials: number;
}

/** The mean of the logarithms of the pulses before and after, or of the price of a page; undefined where not known. */
const COVARIATES: Readonly<Record<MachineEffect["covariate"], (pulse: PulseRow) => number | undefined>> = {
  pulse: ({ pulseBeforeMs = 0, pulseAfterMs = 0 }) =>
    pulseBeforeMs > 0 && pulseAfterMs > 0 ? (Math.log(pulseBeforeMs) + Math.log(pulseAfterMs)) / 2 : undefined,
  touch: ({ touchUsPerPage }) =>
    touchUsPerPage === undefined || touchUsPerPage <= 0 ? undefined : Math.log(touchUsPerPage),
};

/**
 * How much of what processes of a cell differ by goes with pulse and touch, each alone: the squared correlation of
 * logarithms within cells. None where no cell has two trials with a pulse.
 *
 * @param trials that ended well
 */
export function machineEffects(trials: readonly TrialRow[], pulses: readonly PulseRow[]): MachineEffect[] {
  const quantities = [
    ["latency_ms", "steadyMedianMs"],
    ["warmup_ms", "firstInferenceMs"],
  ] as const satisfies readonly (readonly [string, NoisyQuantity])[];
  return quantities.flatMap(([quantity, key]) =>
    (["pulse", "touch"] as const).flatMap((covariate) => {
      const effect = effectWithin(observed(trials, pulses, key, covariate));
      return effect === undefined ? [] : [{ quantity, covariate, ...effect }];
    }),
  );
}

/** A slope that chance makes as large once in a thousand is none. */
const SURE = 0.001;
/** Of fewer trials a slope is hardly known. */
const LEAST_TRIALS = 20;
/** A trend of the pulse over cells that chance makes as large once in twenty times is none. */
const SURE_TREND = 0.05;
/** By mini-batch and by size. */
const TREND_DEGREES = 2;

/**
 * How much longer, as a logarithm, each trial took because the machine was slow around it: the slope of the quantity on
 * the pulse within cells times how far the pulse is from what is usual. Empty where no such slope is sure; without
 * trials that have no pulse.
 *
 * What is usual may go with mini-batch and size: where what a device just did makes it hot or clock up, the pulse tells
 * of the cell, and cells that were moved by it would be bent.
 *
 * @param trials of one device that ended well
 */
export function machineLogs(
  trials: readonly TrialRow[],
  pulses: readonly PulseRow[],
  key: NoisyQuantity,
): ReadonlyMap<string, number> {
  const pairs = observed(trials, pulses, key, "pulse");
  const effect = effectWithin(pairs);
  if (effect === undefined || effect.pValue > SURE || effect.trials < LEAST_TRIALS) return new Map();
  const usual = usualOf(pairs);
  return new Map(pairs.map(({ trialId, x }, index) => [trialId, effect.slope * (x - (usual[index] ?? Number.NaN))]));
}

/** The covariate that is usual at each cell: its mean, or where it surely goes with mini-batch and size, its trend. */
function usualOf(pairs: readonly Pair[]): number[] {
  const mean = meanOf(pairs.map(({ x }) => x));
  const places = pairs.map(({ inputSizePx, miniBatchSize }) => [1, Math.log(miniBatchSize), Math.log(inputSizePx)]);
  const coefficients = leastSquares(
    places,
    pairs.map(({ x }) => x),
  );
  const trend = places.map((place) => dotProduct(place, coefficients));
  const explained = trend.reduce((sum, value) => sum + (value - mean) ** 2, 0) / TREND_DEGREES;
  const degrees = pairs.length - TREND_DEGREES - 1;
  const left = pairs.reduce((sum, { x }, index) => sum + (x - (trend[index] ?? Number.NaN)) ** 2, 0) / degrees;
  return fisherUpperTail(explained / left, TREND_DEGREES, degrees) <= SURE_TREND ? trend : pairs.map(() => mean);
}

/** A trial's covariate and its quantity, as logarithms. */
interface Pair {
  readonly trialId: string;
  readonly cell: string;
  readonly inputSizePx: number;
  readonly miniBatchSize: number;
  readonly x: number;
  readonly y: number;
}

function observed(
  trials: readonly TrialRow[],
  pulses: readonly PulseRow[],
  key: NoisyQuantity,
  covariate: MachineEffect["covariate"],
): Pair[] {
  const pulseOf = new Map(pulses.map((pulse) => [pulse.trialId, pulse]));
  return trials.flatMap((trial) => {
    const { trialId, inputSizePx, miniBatchSize, [key]: value } = trial;
    const pulse = pulseOf.get(trialId);
    const x = pulse && COVARIATES[covariate](pulse);
    return x === undefined || value === undefined || !(value > 0)
      ? []
      : [{ trialId, cell: cellOf(trial), inputSizePx, miniBatchSize, x, y: Math.log(value) }];
  });
}

function effectWithin(pairs: readonly Pair[]) {
  const repeated = [...groupBy(pairs, ({ cell }) => cell).values()].filter(({ length }) => length > 1);
  const centred = repeated.flatMap((cell) => {
    const [meanX, meanY] = [meanOf(cell.map(({ x }) => x)), meanOf(cell.map(({ y }) => y))];
    return cell.map(({ x, y }) => ({ x: x - meanX, y: y - meanY }));
  });
  const sum = (of: (pair: { x: number; y: number }) => number) => centred.reduce((total, pair) => total + of(pair), 0);
  const [xx, xy, yy] = [sum(({ x }) => x * x), sum(({ x, y }) => x * y), sum(({ y }) => y * y)];
  const degrees = centred.length - repeated.length - 1;
  if (degrees < 1 || xx === 0 || yy === 0) return undefined;
  const share = Math.min(1, (xy * xy) / (xx * yy));
  const t = Math.sqrt((share * degrees) / Math.max(1 - share, Number.EPSILON));
  return { share, slope: xy / xx, pValue: 2 * studentCumulative(-t, degrees), trials: centred.length };
}
