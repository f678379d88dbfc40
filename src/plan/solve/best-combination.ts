import type { PricedBlocks } from "./count-blocks.js";
import { OPERATIONS, type SearchSteps } from "./search-steps.js";
import { addTimes, fits, type WorkloadCounts } from "./workload-counts.js";

/**
 * One way to serve each workload, together within the shared rows, with the least loss.
 *
 * @param ways for each workload, least loss first
 * @param isBest whether nothing can be better than a combination that was found
 */
export function bestCombination(
  ways: readonly (readonly WorkloadCounts[])[],
  { limits, prices }: PricedBlocks,
  limit: number,
  isBest: (ways: readonly WorkloadCounts[]) => boolean,
  steps: SearchSteps,
): WorkloadCounts[] | undefined {
  const order = [...ways.keys()].sort((a, b) => (ways[a]?.length ?? 0) - (ways[b]?.length ?? 0));
  const lists = order.map((block) => ways[block] ?? []);
  const most = mostTakenFrom(lists, limits.length);
  const left = Float64Array.from(limits);
  const weight = Math.ceil(limits.length / OPERATIONS);
  const chosen: WorkloadCounts[] = [];
  let best: WorkloadCounts[] | undefined;
  let bestLoss = limit;

  /** @returns whether the search is over */
  function choose(depth: number, lossSoFar: number): boolean {
    const loss = lossSoFar + unavoidablyUnused(left, most[depth] ?? limits, prices);
    if (loss > bestLoss || (loss === bestLoss && best !== undefined)) return false;
    const list = lists[depth];
    if (list === undefined) {
      bestLoss = loss;
      best = [...chosen];
      return isBest(best);
    }
    let later = 0;
    for (let place = depth + 1; place < lists.length; place++) {
      const first = firstFitting(lists[place] ?? []);
      if (first === undefined) return false;
      later += first.loss;
    }
    for (const way of list) {
      steps.take(weight);
      const least = loss + later + way.loss;
      if (least > bestLoss || (least === bestLoss && best !== undefined)) break;
      if (!fits(way.takes, left)) continue;
      chosen[order[depth] ?? 0] = way;
      addTimes(left, way.takes, -1);
      const over = choose(depth + 1, lossSoFar + way.loss);
      addTimes(left, way.takes, 1);
      if (over) return true;
    }
    return false;
  }

  function firstFitting(list: readonly WorkloadCounts[]): WorkloadCounts | undefined {
    for (const way of list) {
      steps.take(weight);
      if (fits(way.takes, left)) return way;
    }
    return undefined;
  }

  choose(0, 0);
  return best;
}

/** What the lists from each place on can take of the shared rows at most. */
function mostTakenFrom(lists: readonly (readonly WorkloadCounts[])[], rows: number): Float64Array[] {
  let after = new Float64Array(rows);
  const sums = [after];
  for (const list of lists.toReversed()) {
    const largest = new Float64Array(rows);
    for (const { takes } of list) {
      for (let row = 0; row < rows; row++) largest[row] = Math.max(largest[row] ?? 0, takes[row] ?? 0);
    }
    addTimes(largest, after, 1);
    after = largest;
    sums.unshift(after);
  }
  return sums;
}

function unavoidablyUnused(left: Float64Array, most: Float64Array, prices: Float64Array): number {
  let loss = 0;
  for (let row = 0; row < left.length; row++) {
    loss += (prices[row] ?? 0) * Math.max(0, (left[row] ?? 0) - (most[row] ?? 0));
  }
  return loss;
}
