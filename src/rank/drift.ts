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

/** What a drift leaves of a column: what is new with each trial, less what goes with the fixed columns. */
export type Innovations = (values: readonly number[]) => number[];

const NO_DRIFT: Drift = { share: 0, fadesAfterSeconds: 0 };

const SHARES = [0.3, 0.6, 0.85, 0.97, 0.999];
/** In trials. */
const FADES_AFTER = [2, 8, 32, 128];

/** A drift, and what it leaves of columns where some are fixed. */
export interface DriftLeaving {
  readonly drift: Drift;
  readonly innovations: Innovations;
  /** ln of the restricted likelihood of a target, but for a constant. */
  logLikelihood(target: readonly number[]): number;
  /** Fixes one more column; it goes with none of those before. */
  fix(column: readonly number[]): void;
}

/** None, and others. */
export type Drifts = readonly [DriftLeaving, ...DriftLeaving[]];

/**
 * What is looked among for the drift of a target, none first. With what was fixed they are kept from one driver to the
 * next, as there may be hundreds of cells.
 *
 * @param fixed `fixed[column][row]`, of full rank
 */
export function driftsLeaving(fixed: readonly (readonly number[])[], moments: readonly Moment[]): Drifts {
  const time = inTime(moments);
  const usual = usualGap(time.gaps);
  const drifts = FADES_AFTER.filter((trials) => usual > 0 && trials <= moments.length).flatMap((trials) =>
    SHARES.map((share) => ({ share, fadesAfterSeconds: trials * usual })),
  );
  return [leaving(NO_DRIFT, fixed, time), ...drifts.map((drift) => leaving(drift, fixed, time))];
}

/**
 * The drift that a target shows beside the fixed columns, by restricted maximum likelihood.
 *
 * Two values that drift on their own go up and down together by chance, as they turn seldom; what is new with each
 * trial does not.
 *
 * Source: Patterson and Thompson, Biometrika 58 (1971).
 */
export function likeliest([none, ...drifts]: Drifts, target: readonly number[]): DriftLeaving {
  let [best, most] = [none, none.logLikelihood(target)];
  for (const drift of drifts) {
    const logLikelihood = drift.logLikelihood(target);
    if (logLikelihood > most) [best, most] = [drift, logLikelihood];
  }
  return best;
}

function leaving(drift: Drift, fixed: readonly (readonly number[])[], { order, gaps }: Time): DriftLeaving {
  const { filter, logVariance } = kalman(drift, gaps);
  // Gram and Schmidt's, modified: of some hundreds of cells several times as fast as by reflections.
  const basis: Float64Array[] = [];
  let logInformation = 0;
  const innovations: Innovations = (values) => {
    const left = Float64Array.from(filter(order.map((row) => values[row] ?? Number.NaN)));
    for (const direction of basis) takeFrom(left, direction);
    return [...left];
  };
  const fix = (column: readonly number[]) => {
    const left = innovations(column);
    const length = Math.sqrt(dotProduct(left, left));
    logInformation += Math.log(length);
    basis.push(Float64Array.from(left, (value) => value / length));
  };
  for (const column of fixed) fix(column);
  return {
    drift,
    innovations,
    logLikelihood(target) {
      const left = innovations(target);
      const degrees = target.length - basis.length;
      return -(degrees * Math.log(dotProduct(left, left)) + logVariance) / 2 - logInformation;
    },
    fix,
  };
}

/** Takes what goes along a direction of length 1 from values, in place. */
function takeFrom(values: Float64Array, direction: Float64Array): void {
  let along = 0;
  for (let at = 0; at < direction.length; at++) along += (values[at] ?? Number.NaN) * (direction[at] ?? 0);
  for (let at = 0; at < direction.length; at++) values[at] = (values[at] ?? Number.NaN) - along * (direction[at] ?? 0);
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
interface Time {
  readonly order: readonly number[];
  readonly gaps: readonly number[];
}

function inTime(moments: readonly Moment[]): Time {
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
