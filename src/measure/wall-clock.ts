import { monotonicMs } from "../core/clock.js";
import { formatDuration } from "../core/units.js";

/** When something starts, in words, with a caution where that can't be compared with what started before. */
export interface Moment {
  readonly startedAt: string;
  readonly caution?: string;
}

/** A clock that is set slowly moves by less than this against the monotonic one, between two looks. */
const LEAST_JUMP_MS = 1000;
/** NTP slews a clock by at most this share of the time. */
const SLEW = 500e-6;

/**
 * Opens the machine's wall clock as a sweep reads it: whoever or whatever sets it, the times before and after are not
 * of one clock.
 *
 * @example
 * const clock = openWallClock();
 * clock.now(); // { startedAt: "2026-11-27T08:00:00.000Z" }
 */
export function openWallClock(wallMs: () => number = Date.now, steadyMs: () => number = monotonicMs) {
  let before = { wall: wallMs(), steady: steadyMs() };
  return {
    now(): Moment {
      const now = { wall: wallMs(), steady: steadyMs() };
      const elapsedMs = now.steady - before.steady;
      const jumpMs = now.wall - before.wall - elapsedMs;
      before = now;
      const startedAt = new Date(now.wall).toISOString();
      if (Math.abs(jumpMs) <= LEAST_JUMP_MS + SLEW * elapsedMs) return { startedAt };
      const way = jumpMs > 0 ? "forwards" : "back";
      return {
        startedAt,
        caution: `clock jumped: the wall clock was set ${way} by ${formatDuration(Math.abs(jumpMs))} before this trial, compare no started_at across it`,
      };
    },
  };
}

export type WallClock = ReturnType<typeof openWallClock>;
