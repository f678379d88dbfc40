import { stripVTControlCharacters } from "node:util";

/**
 * A text of several lines, with a terminal's colours or not, as one plain line.
 *
 * @example plainLine("\u001b[1;31mfailed:\n  no memory\u001b[m\n") // "failed: no memory"
 */
export function plainLine(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/[\s\p{Cc}]+/gu, " ")
    .trim();
}
