import { type IntegerProgram, objectiveOf } from "../program/integer-program.js";
import { type Block, type Column, type PricedBlocks, pricedBlocks } from "./count-blocks.js";
import type { SolverClaim } from "./solver.js";

/** One way to serve one workload. */
interface Way {
  /** Of devices, for each column. */
  readonly counts: readonly number[];
  readonly takes: Float64Array;
  readonly loss: number;
}

/** Ends a search after so many steps, which are the same on every machine. */
class Steps {
  constructor(private left: number) {}

  /** @param weight of a step that takes much longer than others */
  take(weight = 1): void {
    this.left -= weight;
    if (this.left < 0) throw new OutOfSteps();
  }
}

class OutOfSteps extends Error {}

/** So many additions take about as long as a step. */
const OPERATIONS = 64;
/** What keeping a way in memory counts as. */
const KEPT = 16;

/**
 * Searches how many devices of each type serve each workload. Exact, and quick where branch and bound is slow: many
 * assignments cost almost the same, but the gap between the best one and the relaxation is small.
 *
 * All solutions with a loss up to a limit (see `pricedBlocks`) follow from the ways to serve each workload with a loss up
 * to this limit. The limit rises until there is a solution; the one with the least loss is optimal.
 *
 * @param program one that consists of blocks
 * @param duals for each row, of its relaxation; wrong ones make the search longer, not wrong
 * @returns `stopped` without values after so many steps
 */
export function searchCounts(program: IntegerProgram, duals: readonly number[], maxSteps: number): SolverClaim {
  const priced = pricedBlocks(program, duals);
  if (priced === undefined) return { status: "stopped" };
  const { blocks, bound, unit, typicalCost, largestLoss } = priced;
  const sign = program.direction === "min" ? 1 : -1;
  const least = Math.ceil(bound); // the objective is a whole number of units
  const steps = new Steps(maxSteps);
  const valuesOf = (ways: readonly Way[]) => {
    const values = program.variables.map(() => 0);
    for (const [index, { counts }] of ways.entries()) {
      for (const [place, { variable }] of (blocks[index]?.columns ?? []).entries())
        values[variable] = counts[place] ?? 0;
    }
    return values;
  };
  const isBest = (ways: readonly Way[]) => sign * Number(objectiveOf(program, valuesOf(ways))) < (least + 0.5) * unit;
  try {
    for (let further = typicalCost / 16; ; further = Math.max(1, 2 * further)) {
      const limit = least + Math.floor(further) - bound;
      const ways = blocks.map((block) => waysWithin(block, priced, limit, steps));
      const found = bestCombination(ways, priced, limit, isBest, steps);
      if (found !== undefined) return { status: "optimal", values: valuesOf(found) };
      if (limit > largestLoss) return { status: "infeasible" };
    }
  } catch (error) {
    if (error instanceof OutOfSteps) return { status: "stopped" };
    throw error;
  }
}

/** Every way to serve a workload with a loss up to a limit, least loss first. */
function waysWithin(block: Block, { limits }: PricedBlocks, limit: number, steps: Steps): Way[] {
  const { images, price, columns, most } = block;
  const ways: Way[] = [];
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
      ways.push({ counts: [...counts], takes, loss: loss + surplus });
      return;
    }
    const missing = images - given - (most[place + 1] ?? 0);
    const fewest = Math.max(0, Math.ceil(missing / column.images));
    // What a device loses grows with the number of devices; where having them gains, with the number of those left out.
    const gains = column.loss < 0;
    for (let left = column.upper - fewest; left >= 0; left--) {
      steps.take();
      const count = gains ? fewest + left : column.upper - left;
      const sum = given + count * column.images;
      const own = loss + Math.abs(column.loss) * (gains ? column.upper - count : count);
      if (own > limit) break;
      if (own + price * Math.max(0, sum - images) > limit) {
        if (gains) continue;
        break;
      }
      counts[place] = count;
      add(place + 1, sum, own);
    }
  }

  add(0, 0, 0);
  return ways.sort((a, b) => a.loss - b.loss);
}

/**
 * One way for each block, together within the shared rows, with the least loss.
 *
 * @param ways for each block, least loss first
 * @param isBest whether nothing can be better than a combination that was found
 */
function bestCombination(
  ways: readonly (readonly Way[])[],
  { limits, prices }: PricedBlocks,
  limit: number,
  isBest: (ways: readonly Way[]) => boolean,
  steps: Steps,
): Way[] | undefined {
  const order = [...ways.keys()].sort((a, b) => (ways[a]?.length ?? 0) - (ways[b]?.length ?? 0));
  const lists = order.map((block) => ways[block] ?? []);
  const most = mostTakenFrom(lists, limits.length);
  const left = Float64Array.from(limits);
  const weight = Math.ceil(limits.length / OPERATIONS);
  const chosen: Way[] = [];
  let best: Way[] | undefined;
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
      const own = loss + later + way.loss;
      if (own > bestLoss || (own === bestLoss && best !== undefined)) break;
      if (!fits(way.takes, left)) continue;
      chosen[order[depth] ?? 0] = way;
      addTimes(left, way.takes, -1);
      const over = choose(depth + 1, lossSoFar + way.loss);
      addTimes(left, way.takes, 1);
      if (over) return true;
    }
    return false;
  }

  function firstFitting(list: readonly Way[]): Way | undefined {
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
function mostTakenFrom(lists: readonly (readonly Way[])[], rows: number): Float64Array[] {
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

function takenBy(columns: readonly Column[], counts: readonly number[]): Float64Array {
  const sums = new Float64Array(columns[0]?.takes.length ?? 0);
  for (const [place, { takes }] of columns.entries()) {
    const count = counts[place] ?? 0;
    if (count > 0) addTimes(sums, takes, count);
  }
  return sums;
}

function addTimes(sums: Float64Array, amounts: Float64Array, times: number): void {
  for (let row = 0; row < amounts.length; row++) sums[row] = (sums[row] ?? 0) + times * (amounts[row] ?? 0);
}

function fits(amounts: Float64Array, limits: Float64Array): boolean {
  for (let row = 0; row < amounts.length; row++) if ((amounts[row] ?? 0) > (limits[row] ?? 0)) return false;
  return true;
}
