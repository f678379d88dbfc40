import Table from "cli-table3";
import { printable, printableLines, withShortWords } from "../../src/core/printable.js";
import type { TextTable } from "../../src/core/text-table.js";
import { fittedColumns, GAP } from "./fitted-columns.js";
import { terminalWidth, wrapped } from "./wrapped.js";

/**
 * Prints a result: one JSON document where the user asked for it, else the lines for people, which fit their terminal.
 * Nothing in it can move the cursor.
 */
export function printResult(json: boolean | undefined, result: () => unknown, lines: () => readonly string[]): void {
  process.stdout.write(
    `${json ? printableLines(JSON.stringify(result(), null, 2)) : fitted(lines(), terminalWidth())}\n`,
  );
}

/** Tells people beside a result, on stderr, in lines that fit their terminal. */
export function tell(...lines: readonly string[]): void {
  if (lines.length === 0) return;
  process.stderr.write(lines.map((line) => `${fitted([printable(line)], terminalWidth(process.stderr))}\n`).join(""));
}

function fitted(texts: readonly string[], width: number): string {
  return texts
    .flatMap((text) => withShortWords(printableLines(text)).split("\n"))
    .flatMap((line) => wrapped(line, width))
    .join("\n");
}

/** Numbers, percentages and durations such as 9 h 46 min. */
const NUMERIC = /^(?:[-\d.,]*|[-\d.,]+ %|[\d.]+ (?:us|ms|s|min|h)(?: [\d.]+ (?:min|s))*)$/;

/**
 * A table without frames: it can be read on any terminal, in any locale, and copied into a mail. Where it is wider than
 * the terminal, texts take several lines, and columns that have no room stand below.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  width = terminalWidth(),
): string {
  const cells = [head, ...rows].map((row) =>
    head.map((_, column) => withShortWords(printable(String(row[column] ?? "")))),
  );
  const numeric = head.map((_, column) => cells.slice(1).every((row) => NUMERIC.test(row[column] ?? "")));
  return fittedColumns({ rows: cells, numeric }, width).map(drawn).join("\n\n");
}

function drawn({ rows: [head = [], ...rows], numeric }: ReturnType<typeof fittedColumns>[number]): string {
  const borders = ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"];
  const inner = ["left", "left-mid", "mid", "mid-mid", "right", "right-mid"];
  const made = new Table({
    head: [...head],
    colAligns: numeric.map((right) => (right ? "right" : "left")),
    chars: { ...Object.fromEntries([...borders, ...inner].map((name) => [name, ""])), middle: GAP },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  for (const row of rows) made.push([...row]);
  return made.toString();
}

/** A table of the library on the terminal. */
export function tableOf({ columns, values }: TextTable): string {
  return table(columns, values);
}
