import type { StoppingRule } from "../design/design.js";
import { type MedianPrecision, medianPrecision } from "./median-precision.js";

/** Why a trial's steady inferences ended. */
export const STOPPED_BY = ["interval", "max_inferences", "max_steady_ms"] as const;
export type StoppedBy = (typeof STOPPED_BY)[number];

/** From fewer, or from so few independent ones, no autocorrelation is known. */
const LEAST_INFERENCES = 64;
const LEAST_INDEPENDENT = 30;
/** Looking after every inference would find the one moment at which the interval is narrow by chance. */
const GROWTH_BETWEEN_LOOKS = 1.1;

/**
 * Watches steady latencies until their median is known well enough. It looks whenever there are a tenth more than at
 * the look before, so it costs the inferences that it watches next to nothing.
 */
export class StoppingWatch {
  private readonly latenciesMs: number[] = [];
  private totalMs = 0;
  private nextLook: number;

  constructor(private readonly rule: StoppingRule) {
    this.nextLook = Math.max(rule.min_inferences, LEAST_INFERENCES);
  }

  /** @returns why to stop after this inference, or undefined to go on */
  add(latencyMs: number): StoppedBy | undefined {
    this.totalMs += latencyMs;
    const taken = this.latenciesMs.push(latencyMs);
    if (taken < this.rule.min_inferences) return undefined;
    if (taken === this.nextLook) {
      this.nextLook = Math.ceil(taken * GROWTH_BETWEEN_LOOKS);
      const { relativeHalfWidth, independent } = this.precision();
      if (independent >= LEAST_INDEPENDENT && relativeHalfWidth <= this.rule.relative_half_width) return "interval";
    }
    if (taken >= this.rule.max_inferences) return "max_inferences";
    return this.totalMs >= this.rule.max_steady_ms ? "max_steady_ms" : undefined;
  }

  /** How well the median of the latencies so far is known. */
  precision(): MedianPrecision {
    return medianPrecision(this.latenciesMs);
  }
}
