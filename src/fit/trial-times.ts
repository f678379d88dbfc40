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
  /** The mean of the steady inferences. */
  readonly meanMs: number | undefined;
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
  private steady = 0;
  private sumMs = 0;
  private correctionMs = 0;

  add(iteration: number, ms: number): void {
    if (iteration === 0) {
      this.warmupMs = Math.max(this.warmupMs, ms);
      return;
    }
    this.latencyMs = Math.max(this.latencyMs, ms);
    const sum = this.sumMs + ms;
    this.correctionMs += Math.abs(this.sumMs) >= Math.abs(ms) ? this.sumMs - sum + ms : ms - sum + this.sumMs;
    this.sumMs = sum;
    this.steady++;
  }

  get meanMs(): number | undefined {
    return this.steady === 0 ? undefined : (this.sumMs + this.correctionMs) / this.steady;
  }
}
