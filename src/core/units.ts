import { UserError } from "./user-error.js";

export const BYTES_PER_MIB = 1024 * 1024;

const MS_PER_UNIT: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000 };

/**
 * Milliseconds in a duration that a person wrote: a number and its unit (us, ms, s, min, h).
 *
 * @throws UserError if the text is not a positive number with one of these units
 * @example
 * parseDurationMs("2.5s"); // 2500
 */
export function parseDurationMs(text: string): number {
  const match = /^([0-9]+(?:\.[0-9]+)?)\s*(us|ms|s|min|h)$/.exec(text.trim());
  const value = Number(match?.[1]);
  const msPerUnit = MS_PER_UNIT[match?.[2] ?? ""];
  if (msPerUnit === undefined || !(value > 0)) {
    throw new UserError(`duration ${JSON.stringify(text)}: allowed is a positive number with us, ms, s, min or h`);
  }
  return value * msPerUnit;
}

/**
 * A duration as a person reads it, three significant digits.
 *
 * @example
 * formatDuration(95_000); // "1 min 35 s"
 */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1) return `${Number((durationMs * 1000).toPrecision(3))} us`;
  if (durationMs < 1000) return `${Number(durationMs.toPrecision(3))} ms`;
  const seconds = durationMs / 1000;
  if (seconds < 60) return `${Number(seconds.toPrecision(3))} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

export function mibFromBytes(bytes: number): number {
  return bytes / BYTES_PER_MIB;
}
