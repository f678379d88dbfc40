import type { Block, Column, PricedBlocks } from "./count-blocks.js";
import { OPERATIONS, type SearchSteps } from "./search-steps.js";

/** One way to serve one workload: so many devices of each type. */
export interface WorkloadCounts {
  /** Of devices, for each column. */
  readonly counts: readonly number[];
  readonly takes: Float64Array;
  readonly loss: number;
}

/** What keeping a way in memory counts as. */
const KEPT = 16;

/** Every way to serve a workload with a loss up to a limit, least loss first. */
export function countsWithin(
  block: Block,
  { limits }: PricedBlocks,
  limit: number,
  steps: SearchSteps,
): WorkloadCounts[] {
  const { images, price, columns, most } = block;
  const found: WorkloadCounts[] = [];
  const counts = columns.map(() => 0);
  const weight = Math.ceil((columns.length * limits.length) / OPERATIONS);

  function add(place: number, given: number, loss: number): void {
    const column = columns[place];
    if (column === undefined) {
      steps.take(weight);
      const takes = takenBy(columns, counts);
      const surplus = price * Math.max(0, given - images);
      if (!fits(takes, limits)) return;
      steps.take(KEPT);
      found.push({ counts: [...counts], takes, loss: loss + surplus });
      return;
    }
    const missing = images - given - (most[place + 1] ?? 0);
    const fewest = Math.max(0, Math.ceil(missing / column.images));
    // Where each device costs more than it is worth, the loss grows with their number, else with the number left out.
    const gains = column.loss < 0;
    for (let left = column.upper - fewest; left >= 0; left--) {
      steps.take();
      const count = gains ? fewest + left : column.upper - left;
      const sum = given + count * column.images;
      const lossSoFar = loss + Math.abs(column.loss) * (gains ? column.upper - count : count);
      if (lossSoFar > limit) break;
      if (lossSoFar + price * Math.max(0, sum - images) > limit) {
        if (gains) continue;
        break;
      }
      counts[place] = count;
      add(place + 1, sum, lossSoFar);
    }
  }

  add(0, 0, 0);
  return found.sort((a, b) => a.loss - b.loss);
}

function takenBy(columns: readonly Column[], counts: readonly number[]): Float64Array {
  const sums = new Float64Array(columns[0]?.takes.length ?? 0);
  for (const [place, { takes }] of columns.entries()) {
    const count = counts[place] ?? 0;
    if (count > 0) addTimes(sums, takes, count);
  }
  return sums;
}

export function addTimes(sums: Float64Array, amounts: Float64Array, times: number): void {
  for (let row = 0; row < amounts.length; row++) sums[row] = (sums[row] ?? 0) + times * (amounts[row] ?? 0);
}

export function fits(amounts: Float64Array, limits: Float64Array): boolean {
  for (let row = 0; row < amounts.length; row++) if ((amounts[row] ?? 0) > (limits[row] ?? 0)) return false;
  return true;
}
