import { UserError } from "../src/core/user-error.js";

/** Whole numbers from 1, separated by commas. */
export function parseIntegers(option: string, text: string): number[] {
  return text.split(",").map((part) => parseInteger(option, part));
}

/** A whole number from 1. */
export function parseInteger(option: string, text: string): number {
  const value = Number(text);
  if (!/^\s*\d+\s*$/.test(text) || value < 1 || !Number.isSafeInteger(value)) {
    throw new UserError(`${option} ${JSON.stringify(text)}: allowed are whole numbers from 1`);
  }
  return value;
}

/** A number above 0. */
export function parsePositive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) {
    throw new UserError(`${option} ${JSON.stringify(text)}: allowed are numbers above 0`);
  }
  return value;
}

/** One of some names. */
export function parseName<Name extends string>(option: string, names: readonly Name[], text: string): Name {
  const name = names.find((candidate) => candidate === text);
  if (name === undefined) throw new UserError(`${option} ${text}: allowed are ${names.join(", ")}`);
  return name;
}
