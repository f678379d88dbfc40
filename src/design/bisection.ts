import { groupBy } from "../core/group-by.js";
import { cellsOf } from "./cells.js";
import { type Design, deviceName } from "./design.js";

/** So many trials at most are added at an input size and device to find the largest mini-batch. */
export const MOST_PROBES = 3;
/** A bracket this narrow, as a ratio, is not halved again. */
const NARROW = 1.06;

/**
 * The mini-batch size to measure between the largest that ran and the smallest that ran out of memory: the geometric
 * mean, which leaves the same ratio on both sides. Two such probes leave at most 19 % of an octave, three 9 %.
 *
 * @returns undefined where the bracket is 1 wide or within 6 %
 * @example nextProbe(16, 32) // 23
 */
export function nextProbe(ran: number, ranOut: number): number | undefined {
  if (ranOut - ran <= 1 || ranOut <= NARROW * ran) return undefined;
  return Math.min(ranOut - 1, Math.max(ran + 1, Math.round(Math.sqrt(ran * ranOut))));
}

/** How many trials a sweep of a design adds at most, where mini-batches run out of memory. */
export function mostProbes(design: Design): number {
  const lines = groupBy(cellsOf(design), ({ device, inputSizePx }) => `${deviceName(device)} ${inputSizePx}`);
  return [...lines.values()].reduce((sum, cells) => {
    const sizes = cells.map(({ miniBatchSize }) => miniBatchSize);
    const gaps = sizes.slice(1).map((ranOut, index) => probesWithin(sizes[index] ?? ranOut, ranOut, MOST_PROBES));
    return sum + Math.max(0, ...gaps);
  }, 0);
}

function probesWithin(ran: number, ranOut: number, most: number): number {
  const probe = most === 0 ? undefined : nextProbe(ran, ranOut);
  if (probe === undefined) return 0;
  return 1 + Math.max(probesWithin(ran, probe, most - 1), probesWithin(probe, ranOut, most - 1));
}
