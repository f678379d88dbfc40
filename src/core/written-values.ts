import { parseNumber } from "./units.js";
import { UserError } from "./user-error.js";

/** What a number may be, both ends included. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** Whole numbers from 1. */
export const WHOLE: Range = { least: 1, most: Number.MAX_SAFE_INTEGER };

/** A whole number, as in 10000, 10_000 or 1e4. */
export function parseInteger(option: string, text: string, { least, most }: Range = WHOLE): number {
  const value = parseNumber(text);
  if (value === undefined || !Number.isSafeInteger(value) || value < least || value > most) {
    const end = most === Number.MAX_SAFE_INTEGER ? "" : ` to ${most}`;
    throw new UserError(`${option} ${JSON.stringify(text)}: allowed are whole numbers from ${least}${end}`);
  }
  return value;
}

/** One of some names. */
export function parseName<Name extends string>(option: string, names: readonly Name[], text: string): Name {
  const name = names.find((candidate) => candidate === text);
  if (name === undefined) throw new UserError(`${option} ${text}: allowed are ${names.join(", ")}`);
  return name;
}
