import { median, medianInterval, type Sorted } from "../core/statistics.js";
import type { StoppingRule } from "../design/design.js";

/** Why a trial's steady inferences ended. */
export const STOPPED_BY = ["interval", "max_inferences", "max_steady_ms"] as const;
export type StoppedBy = (typeof STOPPED_BY)[number];

const LEVEL = 0.95;

/**
 * Watches steady latencies until their median is known well enough.
 *
 * The interval is looked at after every inference, so its coverage is a little under 95 % (optional stopping). The
 * order statistics make it conservative again at the small numbers where that matters most.
 */
export class StoppingWatch {
  private readonly ascending: number[] = [];
  private totalMs = 0;

  constructor(private readonly rule: StoppingRule) {}

  /** @returns why to stop after this inference, or undefined to go on */
  add(latencyMs: number): StoppedBy | undefined {
    insert(this.ascending, latencyMs);
    this.totalMs += latencyMs;
    const taken = this.ascending.length;
    if (taken < this.rule.min_inferences) return undefined;
    if (this.relativeHalfWidth() <= this.rule.relative_half_width) return "interval";
    if (taken >= this.rule.max_inferences) return "max_inferences";
    return this.totalMs >= this.rule.max_steady_ms ? "max_steady_ms" : undefined;
  }

  /** How far the 95 % confidence interval of the median reaches from it, as a share of it; ∞ before there is one. */
  relativeHalfWidth(): number {
    const values = this.ascending as unknown as Sorted;
    const interval = medianInterval(values, LEVEL);
    if (interval === undefined) return Number.POSITIVE_INFINITY;
    const centre = median(values);
    return Math.max(interval.high - centre, centre - interval.low) / centre;
  }
}

/** Keeps an ascending array ascending. */
function insert(ascending: number[], value: number): void {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  ascending.splice(low, 0, value);
}
