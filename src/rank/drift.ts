import { Matrix, QrDecomposition } from "ml-matrix";
import { dotProduct } from "../core/dot-product.js";
import { median, sorted } from "../core/statistics.js";

/** When and where a trial ran: what goes on from trial to trial goes on on one host. */
export interface Moment {
  readonly host: string;
  readonly seconds: number;
}

/** How the rest of trials goes on in time: a share of its variance does, and fades away exponentially. */
export interface Drift {
  /** 0 where each trial is on its own. */
  readonly share: number;
  readonly fadesAfterSeconds: number;
}

/** Trials in time, and what is taken from their columns: the cells and what was found before. */
export interface Setting {
  /** `fixed[column][row]`, of full rank. */
  readonly fixed: readonly (readonly number[])[];
  readonly moments: readonly Moment[];
}

/** What a drift leaves of a column: what is new with each trial, less what goes with the fixed columns. */
export type Innovations = (values: readonly number[]) => number[];

export const NO_DRIFT: Drift = { share: 0, fadesAfterSeconds: 0 };

const SHARES = [0.3, 0.6, 0.85, 0.97, 0.999];
/** In trials. */
const FADES_AFTER = [2, 8, 32, 128];

/**
 * The drift that a target shows beside fixed columns, by restricted maximum likelihood.
 *
 * Two values that drift on their own go up and down together by chance, as they turn seldom; what is new with each
 * trial does not.
 *
 * Source: Patterson and Thompson, Biometrika 58 (1971).
 */
export function driftOf(target: readonly number[], setting: Setting): Drift {
  const usual = usualGap(inTime(setting.moments).gaps);
  const drifts = FADES_AFTER.filter((trials) => trials <= target.length).flatMap((trials) =>
    SHARES.map((share) => ({ share, fadesAfterSeconds: trials * usual })),
  );
  let [best, most] = [NO_DRIFT, whitened(NO_DRIFT, setting).logLikelihood(target)];
  for (const drift of usual > 0 ? drifts : []) {
    const logLikelihood = whitened(drift, setting).logLikelihood(target);
    if (logLikelihood > most) [best, most] = [drift, logLikelihood];
  }
  return best;
}

/** What a drift leaves of columns. */
export function innovationsOf(drift: Drift, setting: Setting): Innovations {
  return whitened(drift, setting).innovations;
}

function whitened(drift: Drift, { fixed, moments }: Setting) {
  const { order, gaps } = inTime(moments);
  const { filter, logVariance } = kalman(drift, gaps);
  const filtered = (values: readonly number[]) => filter(order.map((row) => values[row] ?? Number.NaN));
  const { orthogonalMatrix, upperTriangularMatrix } = new QrDecomposition(new Matrix(fixed.map(filtered)).transpose());
  const basis = orthogonalMatrix.transpose().to2DArray();
  const innovations: Innovations = (values) => {
    const left = filtered(values);
    for (const direction of basis) {
      const along = dotProduct(left, direction);
      for (const [at, value] of direction.entries()) left[at] = (left[at] ?? Number.NaN) - along * value;
    }
    return left;
  };
  const logInformation = upperTriangularMatrix.diagonal().reduce((sum, value) => sum + Math.log(Math.abs(value)), 0);
  const logLikelihood = (target: readonly number[]) => {
    const left = innovations(target);
    const degrees = target.length - fixed.length;
    return -(degrees * Math.log(dotProduct(left, left)) + logVariance) / 2 - logInformation;
  };
  return { innovations, logLikelihood };
}

/**
 * The filter whose values are new with each trial: of what drifts and what is each trial's own, less what was to be
 * expected from the trials before, over its standard deviation.
 *
 * Source: Harvey, Forecasting, Structural Time Series Models and the Kalman Filter (1989), section 3.4.
 */
function kalman({ share, fadesAfterSeconds }: Drift, gaps: readonly number[]) {
  const steps: { readonly goesOn: number; readonly gain: number; readonly deviation: number }[] = [];
  let uncertain = share;
  let logVariance = 0;
  for (const gap of gaps) {
    const goesOn = share === 0 ? 0 : Math.exp(-gap / fadesAfterSeconds);
    uncertain = goesOn ** 2 * uncertain + share * (1 - goesOn ** 2);
    const variance = uncertain + 1 - share;
    const gain = uncertain / variance;
    steps.push({ goesOn, gain, deviation: Math.sqrt(variance) });
    logVariance += Math.log(variance);
    uncertain -= gain * uncertain;
  }
  const filter = (values: readonly number[]) => {
    let level = 0;
    return steps.map(({ goesOn, gain, deviation }, at) => {
      const innovation = (values[at] ?? Number.NaN) - goesOn * level;
      level = goesOn * level + gain * innovation;
      return innovation / deviation;
    });
  };
  return { filter, logVariance };
}

/** The order of trials in time, and the seconds since the trial before on the same host: infinite for its first. */
function inTime(moments: readonly Moment[]) {
  const byTime = [...moments.entries()].sort(
    ([, a], [, b]) => Number(a.host > b.host) - Number(a.host < b.host) || a.seconds - b.seconds,
  );
  return {
    order: byTime.map(([row]) => row),
    gaps: byTime.map(([, { host, seconds }], at) => {
      const before = byTime[at - 1]?.[1];
      return before?.host === host ? seconds - before.seconds : Number.POSITIVE_INFINITY;
    }),
  };
}

function usualGap(gaps: readonly number[]): number {
  const apart = gaps.filter((gap) => gap > 0 && Number.isFinite(gap));
  return apart.length === 0 ? 0 : median(sorted(apart));
}
