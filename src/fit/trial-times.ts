/** The times of one inference: its trial, its number from 0, and how long it took. */
export interface InferenceTime {
  readonly trialId: string;
  readonly iteration: number;
  readonly latencyMs: number;
}

/** What is kept of a trial's inferences, so that a dataset may have any number of them. */
export interface TrialTimes {
  /** The longest first inference; 0 where there is none. */
  readonly warmupMs: number;
  /** The longest steady inference; 0 where there is none. */
  readonly latencyMs: number;
  /**
   * The mean of the inferences after the second, which is slow, too, where memory is touched for the first time: it is
   * part of the beginning. Where the first is not known, or there is no third, of all steady ones.
   */
  readonly meanMs: number | undefined;
  /** By how much the second inference was longer than that mean: with the first it makes the beginning. */
  readonly excessMs: number;
}

/** The times of every trial, by its name. */
export function trialTimes(inferences: Iterable<InferenceTime>): Map<string, TrialTimes> {
  const trials = new Map<string, Times>();
  for (const { trialId, iteration, latencyMs } of inferences) {
    let times = trials.get(trialId);
    if (times === undefined) {
      times = new Times();
      trials.set(trialId, times);
    }
    times.add(iteration, latencyMs);
  }
  return trials;
}

/** Adds up with Neumaier's correction, as simple-statistics does for a mean of values that are all there. */
class Times implements TrialTimes {
  warmupMs = 0;
  latencyMs = 0;
  private secondMs: number | undefined;
  private settled = 0;
  private sumMs = 0;
  private correctionMs = 0;

  add(iteration: number, ms: number): void {
    if (iteration === 0) {
      this.warmupMs = Math.max(this.warmupMs, ms);
      return;
    }
    this.latencyMs = Math.max(this.latencyMs, ms);
    if (iteration === 1) {
      this.secondMs = ms;
      return;
    }
    const sum = this.sumMs + ms;
    this.correctionMs += Math.abs(this.sumMs) >= Math.abs(ms) ? this.sumMs - sum + ms : ms - sum + this.sumMs;
    this.sumMs = sum;
    this.settled++;
  }

  get meanMs(): number | undefined {
    const { secondMs, settled } = this;
    if (settled === 0) return secondMs;
    const settledMs = this.sumMs + this.correctionMs;
    return this.warmupMs > 0 || secondMs === undefined ? settledMs / settled : (secondMs + settledMs) / (settled + 1);
  }

  get excessMs(): number {
    const { warmupMs, secondMs = 0, meanMs = 0 } = this;
    return warmupMs > 0 ? Math.max(0, secondMs - meanMs) : 0;
  }
}
