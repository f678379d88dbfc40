import { UserError } from "../../core/user-error.js";

/** What stands before the decimals of a number. */
export type DecimalSign = "point" | "comma";

/** A number with what follows it in its cell. */
export interface Measure {
  readonly value: number;
  readonly unit: string;
}

const GROUPED = { point: /^\d{1,3}(,\d{3})+(\.\d+)?$/, comma: /^\d{1,3}(\.\d{3})+(,\d+)?$/ } as const;
const PLAIN = { point: /^(\d+(\.\d*)?|\.\d+)$/, comma: /^(\d+(,\d*)?|,\d+)$/ } as const;
const SPACES = /[\s\u00a0\u2009\u202f'’_]+/g;

/** The cell without what Markdown and people put around a number. */
export function bare(cell: string): string {
  return cell.replaceAll(/[*`~≈]|<[^>]*>/g, "").trim();
}

/**
 * A number as people write it in tables: with a unit behind it, with spaces, points, commas or apostrophes between
 * thousands.
 *
 * @returns undefined if the cell is anything else
 * @throws UserError if it is a number with the other decimal sign
 * @example
 * readNumber("1,234.5 ms", "point"); // { value: 1234.5, unit: "ms" }
 */
export function readNumber(cell: string, decimal: DecimalSign): Measure | undefined {
  const [, sign = "", digits = "", exponent = "", unit = ""] =
    /^([+-]?)(\d[\d.,\s\u00a0\u2009\u202f'’_]*|[.,]\d+)(e[+-]?\d+)?\s*([^\d]*)$/i.exec(bare(cell)) ?? [];
  const plain = digits.trim().replaceAll(SPACES, "");
  if (plain === "") return undefined;
  const other = decimal === "point" ? "comma" : "point";
  const number = digitsOf(plain, decimal);
  if (number === undefined) {
    if (digitsOf(plain, other) === undefined) return undefined;
    throw new UserError(`${JSON.stringify(cell)} is written with a decimal ${other}, others with a ${decimal}`);
  }
  return { value: Number(`${sign}${number}${exponent}`), unit: unit.trim() };
}

function digitsOf(plain: string, decimal: DecimalSign): string | undefined {
  const [group, point] = decimal === "point" ? [",", "."] : [".", ","];
  if (!PLAIN[decimal].test(plain) && !GROUPED[decimal].test(plain)) return undefined;
  return plain.replaceAll(group, "").replace(point, ".");
}

/**
 * The decimal sign of some cells: the one with which all can be read.
 *
 * @throws UserError if there is none, or if cells such as `1,234` may be either and nothing tells
 */
export function decimalOf(cells: readonly string[]): DecimalSign {
  const digits = cells.flatMap((cell) => {
    const [found] = /[.,]?\d[\d.,]*/.exec(bare(cell).replaceAll(SPACES, "")) ?? [];
    return found !== undefined && /[.,]/.test(found) ? [found] : [];
  });
  const fits = (decimal: DecimalSign) => digits.every((text) => digitsOf(text, decimal) !== undefined);
  const [point, comma] = [fits("point"), fits("comma")];
  if (point && !comma) return "point";
  if (comma && !point) return "comma";
  if (!point)
    throw new UserError("numbers with a decimal point and numbers with a decimal comma, allowed is one of them");
  const [unclear] = digits.filter((text) => text.includes(","));
  if (unclear === undefined) return "point";
  throw new UserError(`${unclear} may be a thousand or a decimal, allowed is --decimal point or --decimal comma`);
}
