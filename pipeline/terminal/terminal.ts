import Table from "cli-table3";
import type { TextTable } from "../../src/core/text-table.js";
import { printable } from "./printable.js";

/** Prints a result: one JSON document where the user asked for it, else the lines for people. */
export function printResult(json: boolean | undefined, result: () => unknown, lines: () => readonly string[]): void {
  process.stdout.write(json ? `${JSON.stringify(result(), null, 2)}\n` : `${lines().join("\n")}\n`);
}

/** Numbers, percentages and durations such as 9 h 46 min. */
const NUMERIC = /^(?:[-\d.,]*|[-\d.,]+ %|[\d.]+ (?:us|ms|s|min|h)(?: [\d.]+ (?:min|s))*)$/;

/** A table without frames: it can be read on any terminal, in any locale, and copied into a mail. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const numeric = head.map((_, column) => rows.every((row) => NUMERIC.test(String(row[column] ?? ""))));
  const borders = ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"];
  const inner = ["left", "left-mid", "mid", "mid-mid", "right", "right-mid"];
  const drawn = new Table({
    head: [...head],
    colAligns: numeric.map((right) => (right ? "right" : "left")),
    chars: { ...Object.fromEntries([...borders, ...inner].map((name) => [name, ""])), middle: "  " },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  for (const row of rows) drawn.push(row.map((cell) => printable(String(cell))));
  return drawn.toString();
}

/** A table of the library on the terminal. */
export function tableOf({ columns, values }: TextTable): string {
  return table(columns, values);
}
