import { UserError } from "../../core/user-error.js";

const MS_PER: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, ms: 1, s: 1000, min: 60_000 };
const TIME_NAMES: Readonly<Record<string, string>> = {
  nsec: "ns",
  nanosecond: "ns",
  µs: "us",
  μs: "us",
  "\ufffds": "us", // a µ in an encoding of Windows
  usec: "us",
  microsec: "us",
  microsecond: "us",
  msec: "ms",
  millisec: "ms",
  millisecond: "ms",
  sec: "s",
  second: "s",
  seconds: "s",
};

const OF_ONE_IMAGE = /\s*(\/|per)\s*(images?|imgs?|samples?|frames?)$/i;

/** A unit of time without the image that it is of: `ms/image` becomes `ms`. */
export function unitOfTime(unit: string): { readonly unit: string; readonly isPerImage: boolean } {
  return { unit: unit.replace(OF_ONE_IMAGE, ""), isPerImage: OF_ONE_IMAGE.test(unit) };
}

/** What a throughput counts in a second. */
export type Counted = "images" | "batches";

/** The units of time that a table may have. */
export const TIME_UNITS = Object.keys(MS_PER);
/** What of a second a throughput may be. */
export const THROUGHPUT_UNITS = ["images/s", "batches/s"] as const;

const IMAGES =
  /^(imgs?|images?|samples?|inferences?|infer|inf|items?|frames?)\s*(\/|per)\s*(s|sec|second)s?\.?$|^(ips|fps)$/i;
const BATCHES =
  /^(batch(es)?|mini-?batch(es)?|quer(y|ies)|requests?|iterations?|it|runs?)\s*(\/|per)\s*(s|sec|second)s?\.?$|^(qps|rps)$/i;

/** How many milliseconds a unit of time is; undefined of what is none. */
export function msPer(unit: string): number | undefined {
  const plain = unit.trim().toLowerCase().replace(/\.$/, "");
  return MS_PER[plain] ?? MS_PER[TIME_NAMES[plain] ?? TIME_NAMES[plain.replace(/s$/, "")] ?? ""];
}

/** What a unit of throughput counts; undefined of what is none. */
export function countedBy(unit: string): Counted | undefined {
  const plain = unit.trim();
  if (IMAGES.test(plain)) return "images";
  return BATCHES.test(plain) ? "batches" : undefined;
}

/** The factor to watts; undefined of what is no power. */
export function wattsPer(unit: string): number | undefined {
  return { w: 1, watt: 1, watts: 1, mw: 1e-3, kw: 1e3 }[unit.trim().toLowerCase()];
}

/** @throws UserError if a text is no unit of time */
export function requireTimeUnit(option: string, text: string): number {
  const factor = msPer(text);
  if (factor === undefined) throw new UserError(`${option} ${text}: allowed are ${TIME_UNITS.join(", ")}`);
  return factor;
}

/** @throws UserError if a text is no unit of throughput */
export function requireThroughputUnit(option: string, text: string): Counted {
  const counted = countedBy(text);
  if (counted === undefined) throw new UserError(`${option} ${text}: allowed are ${THROUGHPUT_UNITS.join(", ")}`);
  return counted;
}
