import { printable } from "./printable.js";

/** What a spreadsheet takes for the beginning of a formula, in full width, too. */
const FORMULA = /^[=+\-@＝＋－＠]/;

/**
 * A text for a CSV file that people open in a spreadsheet: on one line, and never a formula, which an apostrophe before
 * it makes a text. (OWASP, CSV injection.) For files whose text must stay as it is, this is nothing.
 *
 * @example
 * spreadsheetText("=1+1"); // "'=1+1"
 */
export function spreadsheetText(text: string): string {
  const line = printable(text);
  return FORMULA.test(line) ? `'${line}` : line;
}
