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
 * Milliseconds in a duration that a person wrote: a number and its unit (us, ms, s, min, h, d).
 *
 * @param what names it in messages
 * @throws UserError if the text is not a positive number with one of these units
 * @example
 * parseDurationMs("2.5 s"); // 2500
 */
export function parseDurationMs(text: string, what = "duration"): number {
  const match = /^(.*[\d.])\s*(us|ms|s|min|h|d)$/.exec(text.trim());
  const value = parseNumber(match?.[1] ?? "");
  const msPerUnit = MS_PER_UNIT[match?.[2] ?? ""];
  if (msPerUnit === undefined || value === undefined || !(value > 0)) {
    throw new UserError(`${what} ${JSON.stringify(text)}: allowed is a positive number with us, ms, s, min, h or d`);
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
  if (durationMs === 0) return "0 s";
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
