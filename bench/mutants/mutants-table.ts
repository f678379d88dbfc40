import { percent, type TextTable } from "../../src/core/text-table.js";
import type { Result } from "./results.js";

const TOTAL = "all";
/** Of a line that is shown, this many characters around the mistake. */
const SHOWN = 140;

/** By folder: how many mutants, how many of those that change behaviour the tests noticed. The sum last. */
export function mutantsTable(results: readonly Result[]): TextTable {
  const folders = [...new Set(results.map(({ folder }) => folder))].sort();
  return {
    columns: ["folder", "mutants", "equivalent", "killed", "survived", "not covered", "killed (%)"],
    values: [...folders, TOTAL].map((name) => {
      const own = results.filter(({ folder }) => name === TOTAL || folder === name);
      const count = (...outcomes: string[]) => own.filter(({ outcome }) => outcomes.includes(outcome)).length;
      const [equivalent, killed] = [count("equivalent"), count("killed", "timeout")];
      const judged = own.length - equivalent;
      const share = judged === 0 ? undefined : killed / judged;
      return [name, own.length, equivalent, killed, count("survived"), count("not covered"), percent(share)];
    }),
  };
}

/** What came of a mutant, where and what it is. */
export function resultLine(result: Result): string {
  const { outcome, place, operator } = result;
  const by = "by" in result ? `  by ${result.by.replace(/^dist\//, "")}${result.test ? `: ${result.test}` : ""}` : "";
  return `${outcome.padEnd(11)}  ${place}  ${operator}:  ${changeOf(result)}${by}`;
}

function changeOf({ was, becomes }: Pick<Result, "was" | "becomes">): string {
  let same = 0;
  while (same < was.length && was[same] === becomes[same]) same++;
  const from = was.length <= SHOWN ? 0 : Math.max(0, same - SHOWN / 2);
  const shown = (text: string) =>
    `${from > 0 ? "…" : ""}${text.slice(from, from + SHOWN)}${text.length > from + SHOWN ? "…" : ""}`;
  return `${shown(was)}  →  ${shown(becomes)}`;
}
