import { parse } from "csv-parse/sync";
import { UserError } from "../../core/user-error.js";
import { type FoundColumns, findColumns, type Meaning, meaningOf, plainOf } from "./table-columns.js";

/** A table's header and how its lines become cells. */
export interface TableHead {
  /** From 1. */
  readonly line: number;
  readonly headers: readonly string[];
  readonly columns: FoundColumns;
  readonly isMarkdown: boolean;
  cellsOf(line: string, place: string): string[];
}

const DELIMITERS = [",", ";", "\t", "|"] as const;
/** A header stands among the first lines, behind a title or remarks; in a README it may stand far behind. */
const MOST_BEFORE = 20_000;

/**
 * The headers of tables in some lines that have a column for the mini-batch and one for a time or a throughput.
 *
 * @param named headers that the user gave a meaning
 * @throws UserError if a header's columns are not clear
 */
export function headAt(line: string, number: number, named: ReadonlyMap<Meaning, string>): TableHead | undefined {
  if (number > MOST_BEFORE || line.trim() === "") return undefined;
  const isMarkdown = /^\s*\|.*\|\s*$/.test(line);
  const delimiters = isMarkdown ? (["|"] as const) : DELIMITERS;
  for (const delimiter of delimiters) {
    const cellsOf = splitter(delimiter, isMarkdown);
    const headers = quietly(() => cellsOf(line, ""));
    if (headers === undefined || headers.length < 2 || !looksLikeHead(headers, named)) continue;
    return { line: number, headers, columns: findColumns(headers, named), isMarkdown, cellsOf };
  }
  return undefined;
}

function quietly(read: () => string[]): string[] | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function looksLikeHead(headers: readonly string[], named: ReadonlyMap<Meaning, string>): boolean {
  const said = headers.map((header) => {
    const mine = [...named].find(([, other]) => plainOf(other) === plainOf(header));
    return mine?.[0] ?? meaningOf(header)?.meaning;
  });
  return (
    said.some((meaning) => meaning === "mini-batch" || meaning === "concurrency" || meaning === "request-rate") &&
    said.some((meaning) => meaning === "latency" || meaning === "throughput" || /^p\d/.test(meaning ?? ""))
  );
}

function splitter(delimiter: (typeof DELIMITERS)[number], isMarkdown: boolean): TableHead["cellsOf"] {
  if (isMarkdown) {
    return (line) =>
      line
        .trim()
        .replace(/^\||\|$/g, "")
        .split(/(?<!\\)\|/)
        .map((cell) => cell.replaceAll("\\|", "|").trim());
  }
  return (line, place) => {
    if (!line.includes('"')) return line.split(delimiter).map((cell) => cell.trim());
    try {
      const [cells = []] = parse(line, { delimiter, relaxColumnCount: true, trim: true }) as string[][];
      return cells;
    } catch {
      throw new UserError(`${place}: a quoted cell that does not end on its line, allowed are rows of one line`);
    }
  };
}

/** Whether a line of Markdown ends its header: `|---|:--:|`. */
export function isRule(line: string): boolean {
  return /^[\s|:+=-]+$/.test(line) && line.includes("-");
}

/** A row as its cells, with its place. */
export interface CellRow {
  readonly place: string;
  readonly cells: readonly string[];
}
