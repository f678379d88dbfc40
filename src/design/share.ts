import { groupBy } from "../core/group-by.js";
import { seededRandom } from "../core/seeded-random.js";
import { anchorTrials } from "./anchors.js";
import {
  type Cell,
  cellName,
  cellsOf,
  type PlannedTrial,
  plannedTrial,
  plannedTrials,
  type RecordedCell,
  recordedCell,
  workOf,
} from "./cells.js";
import { type Design, deviceName } from "./design.js";
import { type Shard, shardName } from "./shard.js";

/** What one sweep measures of a design: all of it, or a shard. */
export interface Share {
  /** In the order in which they are measured, a shard's anchors included. */
  readonly planned: readonly PlannedTrial[];
  /** Whether the largest mini-batch at its size and device is searched here: all cells of the line are. */
  searches(of: RecordedCell): boolean;
  /** Whether it counts for how many processes its cell gets here, where its latency is not known well enough. */
  repeats(of: RecordedCell & Pick<PlannedTrial, "trial">): boolean;
}

/** The whole design as one share. */
export function wholeShare(design: Design): Share {
  return { planned: plannedTrials(design), searches: () => true, repeats: () => true };
}

/**
 * The i-th of n disjoint parts of a design. Which trials are in it depends on the design and n alone, and each of the
 * design's trials is in exactly one part.
 *
 * The cells of one input size and device, a line, have their first trials together in one shard, which then searches
 * the line's largest mini-batch: what the search adds depends on how these ended. A line with more cells than a fair
 * share of the trials is not kept together, and its search is left to a sweep of what is merged. All other trials are
 * dealt in the order of their work, so that shards take about as long as each other and processes of one cell run on
 * different machines; where a design has `max_trials`, those of a cell stay together, because how they scatter decides
 * how many there will be.
 *
 * Beside them each shard measures the anchors, with trial numbers of their own.
 *
 * @example
 * shareOf(readDesign("pipeline/designs/quick.json"), { index: 1, of: 4 }).planned.length; // 15 and 6 of anchors
 */
export function shareOf(design: Design, shard: Shard): Share {
  const byWork = cellsOf(design).toSorted((a, b) => workOf(b) - workOf(a));
  const fairShare = Math.ceil((byWork.length * design.trials) / shard.of);
  const lines = [...groupBy(byWork, (cell) => lineName(recordedCell(cell))).values()];
  const kept = lines.filter(({ length }) => length <= fairShare);
  const loads = new Array<number>(shard.of).fill(0);
  const own: Cell[] = [];
  const keptCells = new Set<Cell>();
  for (const line of kept) {
    const least = loads.indexOf(Math.min(...loads));
    loads[least] = (loads[least] ?? 0) + line.length;
    for (const cell of line) keptCells.add(cell);
    if (least === shard.index - 1) own.push(...line);
  }
  const most = design.max_trials ?? design.trials;
  const together = most > design.trials;
  const items = byWork.map((cell) => itemsOf(cell, keptCells.has(cell) ? 2 : 1, design.trials, together));
  const repeated = new Set(own.filter(() => design.trials === 1).map(nameOf));
  const trials = own.map((cell) => plannedTrial(cell, 1));
  for (const { cell, from, to } of dealt(items, loads, shard)) {
    if (to === design.trials) repeated.add(nameOf(cell));
    for (let trial = from; trial <= to; trial++) trials.push(plannedTrial(cell, trial));
  }
  const searched = new Set(own.map((cell) => lineName(recordedCell(cell))));
  const [before, after] = anchorTrials(design, shard);
  const order = seededRandom(design.seed, `order of shard ${shardName(shard)}`);
  return {
    planned: [...before, ...order.shuffle(trials), ...after],
    searches: (measured) => searched.has(lineName(measured)),
    repeats: (measured) => measured.trial <= most && repeated.has(cellName(measured)),
  };
}

function nameOf(cell: Cell): string {
  return cellName(recordedCell(cell));
}

function lineName(measured: RecordedCell): string {
  return `${deviceName(measured)} ${measured.inputSizePx}`;
}

/** What is dealt of a cell: its trials from one to the last, each by itself or all together. */
interface Items {
  readonly cell: Cell;
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly trialsEach: number;
}

function itemsOf(cell: Cell, from: number, to: number, together: boolean): Items {
  const trials = to - from + 1;
  if (together && trials > 0) return { cell, from, to, count: 1, trialsEach: trials };
  return { cell, from, to, count: trials, trialsEach: 1 };
}

/** The items that a shard gets, in their order. */
function dealt(
  items: readonly Items[],
  loads: readonly number[],
  { index }: Shard,
): { readonly cell: Cell; readonly from: number; readonly to: number }[] {
  const all = items.reduce((sum, { count }) => sum + count, 0);
  const size = items.reduce((most, { trialsEach }) => Math.max(most, trialsEach), 1);
  const quotas = levelled(
    loads.map((load) => load / size),
    all,
  );
  const found = [];
  let [at, before] = [0, 0];
  for (let nth = 0; nth < (quotas[index - 1] ?? 0); nth++) {
    const place = placeOf(nth, index - 1, quotas);
    for (let next = items[at]; next !== undefined && before + next.count <= place; next = items[at]) {
      before += next.count;
      at++;
    }
    const item = items[at];
    if (item === undefined) break;
    const from = item.from + (place - before) * item.trialsEach;
    found.push({ cell: item.cell, from, to: from + item.trialsEach - 1 });
  }
  return found;
}

/** How many items each gets, so that all have as equally much as what they have already allows. */
function levelled(loads: readonly number[], items: number): number[] {
  const ascending = loads.toSorted((a, b) => a - b);
  let [level, sum] = [0, 0];
  for (const [index, load] of ascending.entries()) {
    if (index > 0 && level <= load) break;
    sum += load;
    level = (items + sum) / (index + 1);
  }
  const quotas = loads.map((load) => Math.max(0, Math.floor(level - load)));
  let left = items - quotas.reduce((total, quota) => total + quota, 0);
  for (const [index, load] of loads.entries()) {
    if (left > 0 && load < level) {
      quotas[index] = (quotas[index] ?? 0) + 1;
      left--;
    }
  }
  return quotas;
}

/**
 * The place, in the order of all items, of the n-th that one of several gets, all spread evenly over the order: that of
 * (n + ½) / quota among those of all. In whole numbers, and without dealing to the others.
 */
function placeOf(nth: number, who: number, quotas: readonly number[]): number {
  const own = quotas[who] ?? 0;
  return quotas.reduce((sum, quota, other) => {
    const over = (2 * nth + 1) * quota - own;
    if (over < 0) return sum;
    const isTie = over % (2 * own) === 0;
    return sum + Math.ceil(over / (2 * own)) + (isTie && other < who ? 1 : 0);
  }, 0);
}
