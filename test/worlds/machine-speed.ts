import type { SeededRandom } from "../../src/core/seeded-random.js";

/** What of a slow spell is left at the next process: it lasts some ten of them. */
const KEPT = 0.9;

/**
 * A machine that is slow for a while and fast for a while: how much longer everything takes at each process in turn, as
 * a logarithm.
 *
 * @param deviation of it over a long time
 */
export function machineSpeed(random: SeededRandom, deviation: number): () => number {
  let level = random.normal();
  return () => {
    level = KEPT * level + Math.sqrt(1 - KEPT ** 2) * random.normal();
    return deviation * level;
  };
}
