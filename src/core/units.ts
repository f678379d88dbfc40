import { UserError } from "./user-error.js";

export const BYTES_PER_MIB = 1024 * 1024;

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * A decimal number as people write it: underscores may group its digits, and it may have an exponent.
 *
 * @returns undefined if the text is anything else, such as empty or negative
 * @example
 * parseNumber("10_000"); // 10000
 */
export function parseNumber(text: string): number | undefined {
  const digits = /^(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+)?$/i;
  const plain = text.trim();
  return digits.test(plain) ? Number(plain.replaceAll("_", "")) : undefined;
}

/**
 * Milliseconds in a duration that a person wrote: a number and its unit (us, ms, s, min, h, d), or several from the
 * longest to the shortest, as durations are shown.
 *
 * @param what names it in messages
 * @throws UserError if the text is not a positive number with one of these units
 * @example
 * parseDurationMs("2.5 s"); // 2500
 * parseDurationMs("1 h 30 min"); // 5400000
 */
export function parseDurationMs(text: string, what = "duration"): number {
  const parts = [...text.trim().matchAll(/\s*(.*?[\d.])\s*(us|ms|s|min|h|d)(?![a-z])/gy)];
  const read = parts.reduce((length, [part]) => length + part.length, 0);
  const units = parts.map(([, , unit = ""]) => MS_PER_UNIT[unit] ?? 0);
  const ms = parts.reduce((sum, [, number = ""], index) => sum + (parseNumber(number) ?? NaN) * (units[index] ?? 0), 0);
  const isFalling = units.every((unit, index) => unit < (units[index - 1] ?? Number.POSITIVE_INFINITY));
  if (read < text.trim().length || !isFalling || !(ms > 0)) {
    throw new UserError(`${what} ${JSON.stringify(text)}: allowed is a positive number with us, ms, s, min, h or d`);
  }
  return ms;
}

const DIGITS = 3;

/**
 * A duration as a person reads it: three significant digits below a minute, whole seconds or minutes above.
 *
 * @example
 * formatDuration(95_000); // "1 min 35 s"
 */
export function formatDuration(durationMs: number): string {
  const rounded = Number(durationMs.toPrecision(DIGITS));
  if (rounded < 60_000) return inOneUnit(rounded, DIGITS);
  const seconds = Math.round(durationMs / 1000);
  return inParts(seconds < 3600 ? seconds : 60 * Math.floor(seconds / 60));
}

/** Enough for what plans count, whole microseconds up to 1e12 ms. */
const ALL_DIGITS = 15;

/**
 * A duration in the units that a person reads, to the microsecond.
 *
 * @example
 * exactDuration(10_394.222); // "10.394222 s"
 * exactDuration(35_201_000); // "9 h 46 min 41 s"
 */
export function exactDuration(durationMs: number): string {
  if (durationMs < 60_000) return inOneUnit(durationMs, ALL_DIGITS);
  const us = Math.round(1000 * durationMs);
  return inParts(Math.floor(us / 1e6), (us % 1e6) / 1e6);
}

function inOneUnit(ms: number, digits: number): string {
  if (ms === 0) return "0 s";
  const [value, unit] = ms < 1 ? [1000 * ms, "us"] : ms < 1000 ? [ms, "ms"] : [ms / 1000, "s"];
  return `${Number(value.toPrecision(digits))} ${unit}`;
}

/** Hours, minutes and seconds, those that are 0 left out. */
function inParts(wholeSeconds: number, fraction = 0): string {
  const parts = [
    [Math.floor(wholeSeconds / 3600), "h"],
    [Math.floor((wholeSeconds % 3600) / 60), "min"],
    [Number(((wholeSeconds % 60) + fraction).toFixed(6)), "s"],
  ] as const;
  return parts.flatMap(([value, unit]) => (value === 0 ? [] : [`${value} ${unit}`])).join(" ");
}

export function mibFromBytes(bytes: number): number {
  return bytes / BYTES_PER_MIB;
}
