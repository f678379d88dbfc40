/** What is known of a counter that the kernel keeps: how fast it can go, where it wraps, whether it may fall. */
export interface KernelCounter {
  /** Most that it can grow by in a second: more is a mistake, or the history of something else. */
  readonly mostPerS: number;
  /** It starts again from 0 after this much; left out where it does not, or nobody says. */
  readonly range?: number;
  /** An estimate of which the kernel takes some back at times, such as iowait: a fall is no growth. */
  readonly corrected?: boolean;
}

/** Kernel counters of 32 bits, which wrap within days. */
export const RANGE_32_BITS = 2 ** 32;

/** The kernel may book time late: a CPU without a periodic tick once a second. */
const BOOKED_LATE_S = 1;
/** Two reads are not exactly as far apart as the records that they belong to. */
const INEXACT_INTERVAL = 1.1;

/** Most that a counter can have grown by in an interval. */
export function mostGrowth({ mostPerS }: KernelCounter, elapsedMs: number): number {
  return mostPerS * ((elapsedMs / 1000) * INEXACT_INTERVAL + BOOKED_LATE_S);
}

/**
 * By how much a counter grew between two reads; NaN where nobody can tell, because it was set back or grew by more than
 * the hardware can do.
 *
 * @param elapsedMs between the two reads
 * @example
 * counterGrowth({ mostPerS: 1e6, range: 2 ** 32 }, 4294967290, 94, 1000); // 100
 */
export function counterGrowth(counter: KernelCounter, before: number, now: number, elapsedMs: number): number {
  const fell = now < before;
  if (fell && counter.corrected) return 0;
  const growth = now - before + (fell ? (counter.range ?? Number.NaN) : 0);
  return growth >= 0 && growth <= mostGrowth(counter, elapsedMs) ? growth : Number.NaN;
}
