import { OrderedValues } from "../core/ordered-values.js";
import type { StoppingRule } from "../design/design.js";
import { MedianRank } from "./median-rank.js";

/** Why a trial's steady inferences ended. */
export const STOPPED_BY = ["interval", "max_inferences", "max_steady_ms"] as const;
export type StoppedBy = (typeof STOPPED_BY)[number];

const LEVEL = 0.95;

/**
 * Watches steady latencies until their median is known well enough, at next to no cost for the inferences that it watches.
 *
 * The interval is looked at after every inference, so its coverage is a little under 95 % (optional stopping). The
 * order statistics make it conservative again at the small numbers where that matters most.
 */
export class StoppingWatch {
  private readonly latenciesMs = new OrderedValues();
  private readonly ranks = new MedianRank(LEVEL);
  private rank = 0;
  private totalMs = 0;

  constructor(private readonly rule: StoppingRule) {}

  /** @returns why to stop after this inference, or undefined to go on */
  add(latencyMs: number): StoppedBy | undefined {
    this.latenciesMs.add(latencyMs);
    this.rank = this.ranks.next();
    this.totalMs += latencyMs;
    const taken = this.latenciesMs.size;
    if (taken < this.rule.min_inferences) return undefined;
    if (this.relativeHalfWidth() <= this.rule.relative_half_width) return "interval";
    if (taken >= this.rule.max_inferences) return "max_inferences";
    return this.totalMs >= this.rule.max_steady_ms ? "max_steady_ms" : undefined;
  }

  /** How far the 95 % confidence interval of the median reaches from it, as a share of it; ∞ before there is one. */
  relativeHalfWidth(): number {
    const { size } = this.latenciesMs;
    const at = (rank: number) => this.latenciesMs.at(rank - 1) ?? Number.NaN;
    if (this.rank === 0) return Number.POSITIVE_INFINITY;
    const [low, high] = [at(this.rank), at(size + 1 - this.rank)];
    const centre = (at(Math.floor((size + 1) / 2)) + at(Math.ceil((size + 1) / 2))) / 2;
    return Math.max(high - centre, centre - low) / centre;
  }
}
