import { parseNumber } from "../src/core/units.js";
import { UserError } from "../src/core/user-error.js";
import { parseInteger, parseName, WHOLE } from "../src/core/written-values.js";
import { parseShape } from "../src/design/design.js";
import type { ImageShape } from "../src/model/model-input.js";

export { parseInteger, parseName, type Range } from "../src/core/written-values.js";
export { parseTimeMs } from "../src/plan/question/written-time.js";

/** Whole numbers, separated by commas. */
export function parseIntegers(option: string, text: string, range = WHOLE): number[] {
  return text.split(",").map((part) => parseInteger(option, part, range));
}

/** A number above 0, as in 2.5, 1_000 or 1e-3. */
export function parsePositive(option: string, text: string, most = Number.MAX_VALUE): number {
  const value = parseNumber(text);
  if (value === undefined || !(value > 0 && value <= most)) {
    const end = most === Number.MAX_VALUE ? "" : ` up to ${most}`;
    throw new UserError(`${option} ${JSON.stringify(text)}: allowed are numbers above 0${end}`);
  }
  return value;
}

/** Some of some names, separated by commas. */
export function parseNames<Name extends string>(option: string, names: readonly Name[], text: string): Name[] {
  return text.split(",").map((part) => parseName(option, names, part.trim()));
}

/** Height and width, as in 240x320. */
export function parseImageShape(option: string, text: string): ImageShape {
  const shape = parseShape(text);
  if (shape === undefined) throw new UserError(`${option} ${text}: allowed are height x width, as in 240x320`);
  return shape;
}

/** Values by name, each as in name=1 or name=1,2,3. */
export function parseValues(option: string, texts: readonly string[]): Record<string, number[]> {
  const entries = texts.map((text): [string, number[]] => {
    const [, name, numbers] = /^(.+)=([^=]+)$/.exec(text) ?? [];
    const values = numbers?.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part))) ?? [];
    if (name === undefined || values.length === 0 || !values.every(Number.isFinite)) {
      throw new UserError(`${option} ${text}: allowed are a name and numbers, as in ratio=0.5 or sides=640,480`);
    }
    return [name, values];
  });
  return Object.fromEntries(entries);
}
