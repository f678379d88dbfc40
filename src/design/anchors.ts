import { type Cell, cellsOf, type PlannedTrial, plannedTrial, workOf } from "./cells.js";
import type { Design } from "./design.js";
import type { Shard } from "./shard.js";

/** Where the anchors stand among a device's cells in the order of their work: where it is little, but not the least. */
const PLACES = [1 / 6, 1 / 3, 1 / 2];
/** Processes of each anchor in a shard: one at its beginning and one at its end. */
const PROCESSES = 2;

/**
 * The cells that every shard measures, so that the hosts can be held against each other: those that the design names,
 * on each of its devices, or three of each device, which stand at a sixth, a third and half of its cells in the order
 * of work (mini-batch size times pixels). They span what the hosts may differ in, cost less than the cells do on
 * average, and run out of memory late.
 *
 * @example
 * anchorsOf(readDesign("pipeline/designs/quick.json")).map(shapeOf); // ["128 1", "224 1", "320 1"]
 */
export function anchorsOf(design: Pick<Design, "anchors" | "devices" | "input_sizes_px" | "mini_batch_sizes">): Cell[] {
  const { anchors, devices } = design;
  return devices.flatMap((device) => {
    const cells = cellsOf({ ...design, devices: [device] }).toSorted((a, b) => workOf(a) - workOf(b));
    if (anchors === undefined) {
      const places = PLACES.map((place) => Math.round(place * (cells.length - 1)));
      return cells.filter((_, index) => places.includes(index));
    }
    return cells.filter(({ inputSizePx, miniBatchSize }) =>
      anchors.some((anchor) => anchor.input_size_px === inputSizePx && anchor.mini_batch_size === miniBatchSize),
    );
  });
}

/**
 * The trials of the anchors in a shard, those at its beginning and those at its end. Their numbers go on where those of
 * the design end, so that no other shard has the same.
 */
export function anchorTrials(design: Design, { index }: Shard): readonly [PlannedTrial[], PlannedTrial[]] {
  const first = (design.max_trials ?? design.trials) + (index - 1) * PROCESSES + 1;
  const cells = anchorsOf(design);
  return [cells.map((cell) => plannedTrial(cell, first)), cells.map((cell) => plannedTrial(cell, first + 1))];
}
