import { quantile, sorted } from "../../core/statistics.js";
import { waitedForCoreMs } from "./waited-for-core.js";

/** How steadily a loop of equal slices of work ran. */
export interface SliceFacts {
  /** How long the loop ran. */
  readonly loopMs: number;
  /** How long a slice takes when nothing is in its way: the fastest tenth takes at most this. */
  readonly fastestMs: number;
  /** Share of the slices that took more than 1.25 times as long as that. */
  readonly slowRatio: number;
  /** Share of the time that went beyond that. */
  readonly lostRatio: number;
  /** Share of the time in which this process could run and had no core; undefined where the kernel does not tell. */
  readonly waitedRatio?: number;
}

const SLICE_MS = 0.1;
const SLOW_FACTOR = 1.25;
const FASTEST_SHARE = 0.1;
const MOST_SLICES = 100_000;
/** Until the compiler has made the work as fast as it gets. */
const WARM_UP_STEPS = 1_000_000;

/**
 * Does the same small work again and again and times each slice of some 0.1 ms. What takes the core away, the host
 * included, shows as slices that took longer, whether or not anybody counts it.
 *
 * @param loopMs how long
 * @param waitedMs how long this thread has waited for a core so far; undefined where it is not known
 */
export function timeSlices(loopMs: number, waitedMs: () => number | undefined = waitedForCoreMs): SliceFacts {
  const steps = stepsOfSlice();
  const slicesMs = new Float64Array(MOST_SLICES);
  const waitedBefore = waitedMs();
  const startedMs = performance.now();
  let count = 0;
  for (let beforeMs = startedMs; count < MOST_SLICES && beforeMs - startedMs < loopMs; count++) {
    work(steps);
    const afterMs = performance.now();
    slicesMs[count] = afterMs - beforeMs;
    beforeMs = afterMs;
  }
  const waited = (waitedMs() ?? Number.NaN) - (waitedBefore ?? Number.NaN);
  const steadiness = sliceStatistics(slicesMs.subarray(0, count));
  if (Number.isNaN(waited)) return steadiness;
  return { ...steadiness, waitedRatio: Math.min(1, Math.max(0, waited / steadiness.loopMs)) };
}

/** How steady slices of equal work were, by their times. */
export function sliceStatistics(slicesMs: Iterable<number>): Omit<SliceFacts, "waitedRatio"> {
  const ordered = sorted(slicesMs);
  const fastestMs = quantile(ordered, FASTEST_SHARE);
  const loopMs = ordered.reduce((sum, sliceMs) => sum + sliceMs, 0);
  const slow = ordered.filter((sliceMs) => sliceMs > SLOW_FACTOR * fastestMs).length;
  return {
    loopMs,
    fastestMs,
    slowRatio: slow / ordered.length,
    lostRatio: Math.max(0, 1 - (fastestMs * ordered.length) / loopMs),
  };
}

/** How many steps take about the time of a slice where nothing disturbs them: the fastest of several tries counts. */
function stepsOfSlice(): number {
  for (let done = 0; done < WARM_UP_STEPS; done += 10_000) work(10_000);
  for (let steps = 1024; ; steps *= 2) {
    let fastestMs = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < 5; attempt++) {
      const startedMs = performance.now();
      work(steps);
      fastestMs = Math.min(fastestMs, performance.now() - startedMs);
    }
    if (fastestMs >= SLICE_MS / 2) return Math.max(1, Math.round((steps * SLICE_MS) / fastestMs));
  }
}

let kept = 1;

/** Work that touches no memory and can't be left out. */
function work(steps: number): void {
  let value = kept;
  for (let step = 0; step < steps; step++) value = (Math.imul(value, 1_664_525) + 1_013_904_223) | 0;
  kept = value;
}
