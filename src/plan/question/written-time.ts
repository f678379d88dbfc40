import { parseDurationMs } from "../../core/units.js";
import { UserError } from "../../core/user-error.js";
import { RANGES } from "./device-type.js";

/** A time that a plan can count, in milliseconds. */
export function parseTimeMs(option: string, text: string): number {
  const { least, most } = RANGES.timeMs;
  const ms = parseDurationMs(text, option);
  if (ms < least || ms > most) {
    throw new UserError(`${option} ${JSON.stringify(text)}: allowed are ${least} to ${most} ms`);
  }
  return ms;
}
