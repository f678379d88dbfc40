import { counted } from "../core/counted.js";
import { UserError } from "../core/user-error.js";
import { noiseResiduals } from "./cross-validation.js";
import type { DeviceFit } from "./device-fit.js";
import type { QuantityFit } from "./quantity-fit.js";
import { isKnown } from "./unknown-quantity.js";

/** What of a device's fit says how sure it is. */
type Trusted = Pick<DeviceFit, "latency" | "warmup" | "runs">;

/**
 * Whether it is known how repeated processes differ: not where others measured each cell once, since how far cells are
 * off a law is all that is then seen.
 */
export function isNoiseKnown({ imported, latency }: Pick<DeviceFit, "imported" | "latency">): boolean {
  return imported === undefined || noiseResiduals(latency.observations).length > 0;
}

/** The largest confidence of an upper bound, and the number of trials that allow it. */
export interface ConfidenceLimit {
  readonly confidence: number;
  readonly trials: number;
}

/**
 * The largest confidence that a device's trials support: a new value exceeds the largest of n alike ones with
 * probability 1/(n + 1), so that n of them say nothing of what happens less often. It is 0 for sessions that measured
 * cells of their own: how far sessions are apart is then mixed with how cells are.
 *
 * Source: Wilks, Determination of sample sizes for setting tolerance limits (1941).
 */
export function confidenceLimit({ latency, warmup, runs }: Trusted): ConfidenceLimit {
  const trials = Math.min(...[latency, warmup].filter(isKnown).map(trialsBehind));
  return { confidence: runs === 0 ? 0 : supportedConfidence(trials), trials };
}

/** The largest confidence that so many repeated trials support. */
export function supportedConfidence(trials: number): number {
  return trials / (trials + 1);
}

/**
 * How many repeated trials support a confidence.
 *
 * @example trialsFor(0.95) // 19
 */
export function trialsFor(confidence: number): number {
  return Math.ceil(Number((confidence / (1 - confidence)).toPrecision(12)));
}

/** @throws UserError if a device's trials do not support a confidence */
export function requireSupported(what: string, confidence: number, fit: Trusted): void {
  if (fit.runs === 0) {
    throw new UserError(
      `${what} ${confidence}: not allowed where sessions measured no cell in common, since how far they are apart is not ` +
        "known; sweep --again measures cells of both",
    );
  }
  requireWithin(what, confidence, confidenceLimit(fit));
}

/** @throws UserError if a confidence is above the largest one */
export function requireWithin(
  what: string,
  confidence: number,
  { confidence: largest, trials }: ConfidenceLimit,
): void {
  if (confidence <= largest) return;
  const shown = Math.floor(largest * 1000) / 1000;
  throw new UserError(`${what} ${confidence}: allowed up to ${shown} from ${counted(trials, "trial")}`);
}

/** The residuals that a quantile is taken of: those of repeated trials, else those of cells left out of the fit. */
function trialsBehind(quantity: QuantityFit): number {
  return noiseResiduals(quantity.observations).length || quantity.chosen.leftOutTrials;
}
