import { groupBy } from "../../core/group-by.js";
import type { Group } from "../program/compact-formulation.js";
import { greatestCommonDivisor } from "../program/integer-program.js";
import { billOf, type Configuration, mostImages } from "../question/configuration.js";
import type { PlanProblem } from "../question/plan-problem.js";

/** Some 0.8 s. The same on every machine. */
const MAX_STEPS = 40_000_000;
/** What each device did is kept for each number of images: 8 bytes each. */
const MAX_KEPT = 12_000_000;

/** What the dynamic program found; undefined groups: no plan. */
export interface KnapsackAnswer {
  readonly groups: readonly Group[] | undefined;
  readonly objective: bigint;
}

/** What one configuration costs, in steps of which all costs are multiples. */
interface Item {
  readonly configuration: Configuration;
  readonly size: number;
  readonly furtherMiniBatches: number;
  readonly first: number;
  readonly further: number;
}

/**
 * One more device: for each number of images the item that it uses, or −1, and how many further mini-batches it runs.
 */
interface Layer {
  readonly items: readonly Item[];
  readonly item: Int16Array;
  readonly further: Int32Array;
}

/** Whether the dynamic program answers a problem: one workload, and a bill that is a sum over mini-batches. */
export function isImageKnapsack({ workloads, objective, caps, maxSizes }: PlanProblem): boolean {
  const [only] = workloads;
  const capped = Object.values(caps ?? {}).some((cap) => cap !== undefined);
  const asked = workloads.length === 1 && only !== undefined && only.images > 0;
  return asked && (objective === "cost" || objective === "energy") && !capped && maxSizes === undefined;
}

/** Whether what the devices do is too much to be kept, whatever they do. */
export function isTooLarge({ workloads }: PlanProblem, configurations: readonly Configuration[]): boolean {
  const images = workloads[0]?.images ?? 0;
  return Math.ceil(images / mostImages(configurations)) * images > MAX_KEPT;
}

/**
 * Least cost or energy of one workload, exactly, by dynamic programming: device by device the least bill for each
 * number of images. A device that uses b pays its first mini-batch and slides a window over the images, b at a time,
 * for the further ones. A device of a type that improves nothing ends the type.
 *
 * Cost: images × mini-batch sizes × devices that improve something. All sums are whole numbers that numbers hold
 * exactly.
 *
 * @param configurations every one that is worth using
 * @param most devices of a single type; with several types such a limit is beyond it
 * @returns undefined where that is too much, or the sums are too large
 */
export function solveImageKnapsack(
  problem: PlanProblem,
  configurations: readonly Configuration[],
  most = Number.POSITIVE_INFINITY,
): KnapsackAnswer | undefined {
  if (problem.types.length > 1 && most !== Number.POSITIVE_INFINITY) return undefined;
  const images = problem.workloads[0]?.images ?? 0;
  const { items, step } = itemsOf(problem, configurations);
  if (items.length === 0) return { groups: undefined, objective: 0n };
  if (items.length > 32_767 || isTooLarge(problem, configurations)) return undefined;
  // A device's bill is at most that of all images on it; each of the devices that a plan needs adds at most so much.
  const dearest = Math.max(
    ...items.map(({ first, further, furtherMiniBatches }) => first + further * furtherMiniBatches),
  );
  const devices = problem.types.reduce((sum, { count }) => sum + count, 0);
  if (dearest * Math.min(devices, images) > Number.MAX_SAFE_INTEGER) return undefined;
  let least = new Float64Array(images + 1).fill(Number.POSITIVE_INFINITY);
  least[0] = 0;
  const layers: Layer[] = [];
  let steps = 0;
  for (const [type, ofType] of groupBy(items, ({ configuration }) => configuration.type)) {
    const count = problem.types[type]?.count ?? 0;
    for (let device = 0; device < Math.min(count, most); device++) {
      steps += ofType.length * images;
      if (steps > MAX_STEPS || (layers.length + 1) * images > MAX_KEPT) return undefined;
      const next = least.slice();
      const layer: Layer = {
        items: ofType,
        item: new Int16Array(images + 1).fill(-1),
        further: new Int32Array(images + 1),
      };
      for (const [place, item] of ofType.entries()) addItem(least, next, item, place, layer);
      if (next.every((value, at) => value === least[at])) break;
      least = next;
      layers.push(layer);
    }
  }
  const total = least[images] ?? Number.POSITIVE_INFINITY;
  if (total === Number.POSITIVE_INFINITY) return { groups: undefined, objective: 0n };
  return { groups: groupsFrom(layers, images), objective: BigInt(total) * step };
}

/** The costs or energies of configurations, divided by their greatest common divisor. */
function itemsOf({ objective }: PlanProblem, configurations: readonly Configuration[]) {
  const price = objective === "cost" ? "cost" : "energy";
  const rates = configurations.map((configuration) => {
    const [first, further] = billOf(configuration, price);
    return { configuration, first, further };
  });
  const step = greatestCommonDivisor(rates.flatMap(({ first, further }) => [first, further])) || 1n;
  const items = rates.map(
    ({ configuration, first, further }): Item => ({
      configuration,
      size: configuration.schedule.choice.miniBatchSize,
      furtherMiniBatches: configuration.schedule.furtherMiniBatches,
      first: Number(first / step),
      further: Number(further / step),
    }),
  );
  return { items, step };
}

/**
 * Improves the least bills by one more device with an item: next[x] = min over s ≤ t of least[max(0, x − (s + 1)·b)] +
 * first + s·further. For each remainder of x by b the candidates are a window that moves on by one; those that can
 * still become the least stand in a queue.
 */
function addItem(
  least: Float64Array,
  next: Float64Array,
  { size, furtherMiniBatches, first, further }: Item,
  place: number,
  layer: Layer,
): void {
  const images = least.length - 1;
  const queue = new Int32Array(Math.ceil(images / size)); // each multiple once
  for (let remainder = 1; remainder <= size && remainder <= images; remainder++) {
    let head = 0;
    let tail = 0;
    // Before the j-th multiple stands what is left after one mini-batch: least at (j − 1)·b + remainder, or 0 below.
    const before = (multiple: number) =>
      (least[Math.max(0, (multiple - 1) * size + remainder)] ?? 0) - multiple * further;
    for (let multiple = 0; multiple * size + remainder <= images; multiple++) {
      const value = before(multiple);
      while (tail > head && before(queue[tail - 1] ?? 0) >= value) tail--;
      queue[tail++] = multiple;
      while (multiple - (queue[head] ?? 0) > furtherMiniBatches) head++;
      const from = queue[head] ?? 0;
      const total = before(from) + multiple * further + first;
      const at = multiple * size + remainder;
      if (total < (next[at] ?? 0)) {
        next[at] = total;
        layer.item[at] = place;
        layer.further[at] = multiple - from;
      }
    }
  }
}

function groupsFrom(layers: readonly Layer[], images: number): Group[] {
  const groups = new Map<Configuration, { devices: number; further: number }>();
  let left = images;
  for (const { items, item, further } of layers.toReversed()) {
    const used = items[item[left] ?? -1];
    if (used === undefined) continue;
    const more = further[left] ?? 0;
    const group = groups.get(used.configuration) ?? { devices: 0, further: 0 };
    groups.set(used.configuration, { devices: group.devices + 1, further: group.further + more });
    left = Math.max(0, left - (more + 1) * used.size);
  }
  return [...groups].map(([configuration, group]) => ({ configuration, ...group }));
}
