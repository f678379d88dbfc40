import { type CapacityRule, latestUsefulUs } from "../question/capacity.js";
import type { DeviceType } from "../question/device-type.js";
import { earliestWith } from "../solve/closed-form.js";

/** The earliest deadline that so many devices meet. */
export interface FrontierPoint {
  readonly deadlineUs: number;
  readonly devices: number;
}

/** Beyond so many devices only some of their numbers are looked at, evenly spaced in ratio. */
const MOST_POINTS = 120;

/**
 * For each number of devices the earliest deadline by which they classify so many images, exactly: the corners of the
 * staircase of devices against deadline, most devices first. Numbers of devices that save no time are left out.
 */
export function deadlineFrontier(
  types: readonly DeviceType[],
  images: number,
  rule: CapacityRule = {},
): FrontierPoint[] {
  const all = types.reduce((sum, { count }) => sum + count, 0);
  const latestUs = latestUsefulUs(types, [images]);
  const points: FrontierPoint[] = [];
  let lowUs = 0;
  for (const devices of numbersDown(all)) {
    const deadlineUs = earliestWith({ types, images, devices, rule }, latestUs, lowUs);
    if (deadlineUs === undefined) break;
    lowUs = deadlineUs;
    if (points.at(-1)?.deadlineUs === deadlineUs) points.pop();
    points.push({ deadlineUs, devices });
  }
  return points;
}

/** The whole numbers down to 1, or at most so many of them. */
function numbersDown(most: number): number[] {
  if (most <= MOST_POINTS) return Array.from({ length: most }, (_, index) => most - index);
  const spaced = Array.from({ length: MOST_POINTS }, (_, index) => Math.round(most ** (1 - index / (MOST_POINTS - 1))));
  return [...new Set(spaced)];
}
