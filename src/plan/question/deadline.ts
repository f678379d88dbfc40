import { RANGES } from "./device-type.js";

/** The time that a plan has, in whole microseconds; or none, for best effort. */
export type Deadline = number | "none";

/** The latest time that is counted. */
export const LATEST_US = 1000 * RANGES.timeMs.most;

/** The latest time at which a device may finish. */
export function latestFinishUs(deadline: Deadline): number {
  return deadline === "none" ? LATEST_US : deadline;
}

/** Until when a device is held that finishes then: until the deadline; without one it is given back at once. */
export function heldUntilUs(deadline: Deadline, finishUs: number): number {
  return deadline === "none" ? finishUs : deadline;
}
