/** What a process takes for a mini-batch once it has settled, and what its beginning takes. */
export interface SettledTimes {
  readonly latencyMs: number;
  /** The first inference, and by how much those after it were longer than settled ones. */
  readonly firstMs: number;
}

/**
 * Takes a process's inferences apart into what a settled one takes, the mean of the later half of the steady ones, and
 * what is left for the beginning. Where memory is touched for the first time, the second inference is slow, too: in a
 * short process a mean over all would take that for latency, of some mini-batch sizes more than of others.
 *
 * @param latenciesMs the first inference and those after it
 * @returns undefined where there is no steady one
 * @example settledTimes([500, 200, 100, 100, 100]) // { latencyMs: 100, firstMs: 600 }
 */
export function settledTimes(latenciesMs: readonly number[]): SettledTimes | undefined {
  const steady = latenciesMs.length - 1;
  if (steady < 1) return undefined;
  const later = latenciesMs.slice(1 + Math.floor(steady / 2));
  const latencyMs = sum(later) / later.length;
  return { latencyMs, firstMs: Math.max(latencyMs, sum(latenciesMs) - steady * latencyMs) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
