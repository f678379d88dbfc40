import { groupBy } from "../core/group-by.js";
import { median, sorted } from "../core/statistics.js";
import type { Observation } from "./observed/observation.js";

/** A power above this is one of more than the pixels. */
const FASTER = 1.05;
/** Attention between all parts of an image grows with the square of its pixels, and the power grows up to that. */
const OF_ATTENTION = 2;

/**
 * With which power of its pixels the memory of one more image is taken to grow beyond the measured input sizes: 1,
 * unless it grows faster between the two largest of them, and then at least 2.
 *
 * @param observations peaks of trials that ended well
 */
export function memoryGrowth(observations: readonly Observation[]): number {
  const slopes = [...groupBy(observations, ({ inputSizePx }) => inputSizePx)]
    .map(([size, cells]) => ({ size, slope: slopeOf(cells) }))
    .filter(({ slope }) => slope > 0)
    .sort((a, b) => a.size - b.size);
  const [smaller, larger] = slopes.slice(-2);
  if (smaller === undefined || larger === undefined) return 1;
  const power = Math.log(larger.slope / smaller.slope) / (2 * Math.log(larger.size / smaller.size));
  return power <= FASTER ? 1 : Math.max(OF_ATTENTION, power);
}

/** What one more image takes, from the smallest to the largest mini-batch; no number where there is one. */
function slopeOf(cells: readonly Observation[]): number {
  const peaks = [...groupBy(cells, ({ miniBatchSize }) => miniBatchSize)]
    .map(([batch, of]) => ({ batch, peak: median(sorted(of.map(({ value }) => value))) }))
    .sort((a, b) => a.batch - b.batch);
  const [least, most] = [peaks.at(0), peaks.at(-1)];
  return least === undefined || most === undefined ? Number.NaN : (most.peak - least.peak) / (most.batch - least.batch);
}
