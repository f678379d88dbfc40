import { errorFunction } from "simple-statistics";
import { inverseOf } from "../../core/inverse-of.js";
import { onceForEach } from "../../core/once-for-each.js";
import { studentQuantile } from "../../core/student-t.js";
import { type NoiseTail, tailCumulative } from "./noise-tail.js";

/** How sure a bound is to be, of how many processes, and from how many degrees of freedom their noise is known. */
export interface BoundKind {
  readonly probability: number;
  /** So many processes at once. Their noises are their own, the error of the function is the same for all. */
  readonly processes: number;
  readonly degrees: number;
  /** Of the noise, where it is no normal one. */
  readonly tail?: NoiseTail | undefined;
}

/**
 * Angles that the factor is computed at, whose squared sine is the function's share; between them it is nearly
 * straight.
 */
const ANGLES = 16;
const NORMAL_REACH = 7;
const NORMAL_STEP = 0.125;
/**
 * Points of the distribution of the noise's scale, to each side of its middle, in standard deviations of its logarithm.
 */
const SCALE_REACH = 7;
const SCALE_STEP = 0.35;

/**
 * What the slowest of so many new processes stays below with a probability: mean + √(variance of the function + noise)
 * times this factor. With x = √v·s·Z + √(1 − v)·s·max(Z₁ … Z_k), where v is the function's share of the variance, s² =
 * ν/χ²_ν, and Z, Z₁, … are normal, it is the quantile of x: of one process that of Student's t. Where the noise has a
 * tail of its own, Z₁, … do.
 *
 * @param kind with a probability between 0 and 1, processes and degrees from 1
 * @returns the factor for a share of the function's variance, from 0 to 1
 * @example
 * slowestFactor({ probability: 0.9, processes: 16, degrees: 60 })(0.2); // 2.47: one process of 60 degrees has 1.30
 */
export function slowestFactor(kind: BoundKind): (functionShare: number) => number {
  const { probability, processes, degrees } = kind;
  const one = studentQuantile(probability, degrees);
  if (processes === 1 && kind.tail === undefined) return () => one;
  const noise = kind.tail === undefined ? normalCumulative : tabulated(kind.tail);
  const at = onceForEach((angle: number) =>
    angle === ANGLES ? one : factorAt(Math.sin((Math.PI / 2) * (angle / ANGLES)) ** 2, kind, noise),
  );
  return (functionShare) => {
    const place = (Math.asin(Math.sqrt(Math.min(1, Math.max(0, functionShare)))) / (Math.PI / 2)) * ANGLES;
    const low = Math.floor(place);
    return low === place ? at(low) : at(low) + (place - low) * (at(low + 1) - at(low));
  };
}

/** The factors of several kinds, each computed once. */
export function slowestFactors(): (kind: BoundKind) => (functionShare: number) => number {
  const factorOf = onceForEach((kind: string) => slowestFactor(JSON.parse(kind) as BoundKind));
  return ({ probability, processes, degrees, tail }) =>
    factorOf(JSON.stringify({ probability, processes, degrees, tail }));
}

function factorAt(
  functionShare: number,
  { probability, processes, degrees }: BoundKind,
  noise: (z: number) => number,
): number {
  const [ofFunction, ofProcess] = [Math.sqrt(functionShare), Math.sqrt(1 - functionShare)];
  const scales = scalesOf(degrees);
  const below = (factor: number) =>
    scales.reduce(
      (sum, { scale, weight }) =>
        sum +
        weight *
          NORMALS.reduce(
            (inner, { z, weight: ofZ }) =>
              inner + ofZ * noise((factor / scale - ofFunction * z) / ofProcess) ** processes,
            0,
          ),
      0,
    );
  return inverseOf(below, probability, -NORMAL_REACH);
}

/** Z as points with weights. */
const NORMALS = weighted(NORMAL_REACH, NORMAL_STEP, (z) => -(z * z) / 2).map(({ at, weight }) => ({ z: at, weight }));

/** s = √(ν/χ²_ν) as points with weights, even in its logarithm. */
function scalesOf(degrees: number): { readonly scale: number; readonly weight: number }[] {
  const spread = Math.sqrt(2 / degrees);
  // u = ln(χ²/ν) has a density ∝ exp(ν/2·(u − eᵘ)).
  return weighted(SCALE_REACH, SCALE_STEP, (step) => {
    const u = step * spread;
    return (degrees / 2) * (u - Math.exp(u));
  }).map(({ at, weight }) => ({ scale: Math.exp((-at * spread) / 2), weight }));
}

function weighted(reach: number, step: number, logDensity: (at: number) => number) {
  const count = Math.round(reach / step);
  const points = Array.from({ length: 2 * count + 1 }, (_, index) => (index - count) * step);
  const largest = Math.max(...points.map(logDensity));
  const weights = points.map((at) => Math.exp(logDensity(at) - largest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return points.map((at, index) => ({ at, weight: (weights[index] ?? 0) / total }));
}

function normalCumulative(z: number): number {
  return (1 + errorFunction(z / Math.SQRT2)) / 2;
}

/** Values between which the distribution is straight enough, and up to where they are in the table. */
const TAIL_STEP = 0.02;
const TAIL_REACH = 60;

/** The distribution of noise with a tail, in units of its standard deviation, from a table as far as that reaches. */
function tabulated(tail: NoiseTail): (z: number) => number {
  const table = Array.from({ length: (2 * TAIL_REACH) / TAIL_STEP + 2 }, (_, step) =>
    tailCumulative(tail, step * TAIL_STEP - TAIL_REACH),
  );
  return (z) => {
    // The slowest of 100,000 processes is beyond the table in one case of twelve.
    if (Math.abs(z) > TAIL_REACH) return tailCumulative(tail, z);
    const place = (z + TAIL_REACH) / TAIL_STEP;
    const low = Math.floor(place);
    const [below = 0, above = 1] = [table[low], table[low + 1]];
    return below + (place - low) * (above - below);
  };
}
