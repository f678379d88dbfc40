import { counted } from "../../core/counted.js";
import { UserError } from "../../core/user-error.js";
import type { ImportedRow, ImportedRows } from "../imported-row.js";
import type { SourceFile } from "../source-lines.js";
import { OtherColumns } from "./other-columns.js";
import { decimalOf } from "./read-number.js";
import { rowOf } from "./read-row.js";
import type { Meaning } from "./table-columns.js";
import { type CellRow, headAt, isRule, type TableHead } from "./table-lines.js";
import type { TableOptions } from "./table-options.js";

/** The decimal sign is told by so many rows. */
const LOOKED_AT = 1000;
/**
 * The rows of a CSV or Markdown table with columns for mini-batch and latency or throughput.
 *
 * @throws UserError while rows are read: of the first thing that is not clear, in one line
 */
export function readTable(source: SourceFile, options: TableOptions = {}): ImportedRows {
  const notes: string[] = [];
  return { kind: () => options.kind, notes, rows: () => tableRows(source, options, notes) };
}

async function* tableRows(source: SourceFile, options: TableOptions, notes: string[]): AsyncGenerator<ImportedRow> {
  const { head, first, rest } = await openTable(source, options);
  const { columns } = head;
  const decimal = options.decimal ?? within(source.name, () => decimalOf(usedCells(head, first)));
  const { miniBatchSize, miniBatchOfName } = options;
  if (columns["mini-batch"] === undefined && miniBatchSize === undefined && miniBatchOfName === undefined) {
    throw new UserError(`${source.name}: no column for the mini-batch, allowed is --batch for all rows`);
  }
  const others = new OtherColumns(head, options.where ?? new Map());
  let [left, firstLeft, loaded, read] = [0, "", 0, 0];
  for await (const row of chained(first, rest)) {
    if (!others.isMeant(row)) continue;
    const found = within(row.place, () => rowOf(row, head, decimal, options));
    if (found === "concurrent") loaded++;
    else if (found === undefined) {
      if (left === 0) firstLeft = row.place;
      left++;
    } else {
      read++;
      others.add(row, `${found.inputSizePx ?? ""} ${found.miniBatchSize}`);
      yield found;
    }
  }
  others.requireOne(source.name);
  if (read === 0 && loaded > 0) {
    throw new UserError(
      `${source.name}: no row of one request at a time, and the latency of others holds the time in the queue`,
    );
  }
  if (left > 0) notes.push(`${counted(left, "row")} without a time or throughput left out, the first at ${firstLeft}`);
  if (loaded > 0) {
    notes.push(
      `${counted(loaded, "row")} of more than one request at a time left out: these say queueing, not latency`,
    );
  }
}

/** @throws UserError with the place before what is wrong there */
function within<Value>(place: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`${place}: ${error.message}`);
    throw error;
  }
}

async function* chained(first: readonly CellRow[], rest: AsyncIterable<CellRow>): AsyncGenerator<CellRow> {
  yield* first;
  yield* rest;
}

/** The table that is meant, its first rows, and the others as they are read. */
async function openTable(source: SourceFile, { columns = new Map(), table }: TableOptions) {
  const lines = numbered(source.lines())[Symbol.asyncIterator]();
  let head: TableHead | undefined;
  const heads: TableHead[] = [];
  let before = 0;
  for (;;) {
    const { value, done } = await lines.next();
    if (done) break;
    before++;
    const found = within(`${source.name} line ${value.number}`, () => headAt(value.text, value.number, columns));
    if (found === undefined) continue;
    heads.push(found);
    if (heads.length === (table ?? 1)) {
      head = found;
      break;
    }
  }
  if (head === undefined) {
    throw new UserError(
      heads.length > 0
        ? `--table ${table}: ${source.name} has ${counted(heads.length, "table")} with mini-batches and times`
        : before === 0
          ? `${source.name}: empty, allowed is a table with columns for mini-batch and latency or throughput`
          : `${source.name}: no table with columns for mini-batch and latency or throughput, allowed is --column MEANING=HEADER`,
    );
  }
  const rows = rowsOf(source, head, lines, columns, table !== undefined);
  const first: CellRow[] = [];
  while (first.length < LOOKED_AT) {
    const { value, done } = await rows.next();
    if (done) break;
    first.push(value);
  }
  return { head, first, rest: rows };
}

interface NumberedLine {
  readonly number: number;
  readonly text: string;
}

async function* numbered(lines: AsyncIterable<string>): AsyncGenerator<NumberedLine> {
  let number = 0;
  for await (const line of lines) {
    number++;
    yield { number, text: line };
  }
}

async function* rowsOf(
  source: SourceFile,
  head: TableHead,
  lines: AsyncIterator<NumberedLine>,
  named: ReadonlyMap<Meaning, string>,
  isChosen: boolean,
): AsyncGenerator<CellRow> {
  let isOver = false;
  for (;;) {
    const { value, done } = await lines.next();
    if (done) return;
    const { number, text } = value;
    const place = `${source.name} line ${number}`;
    if (isOver || (head.isMarkdown && !text.includes("|"))) {
      isOver = true;
      const another = isChosen ? undefined : within(place, () => headAt(text, number, named));
      if (another !== undefined) {
        throw new UserError(
          `${source.name}: tables at lines ${head.line} and ${number}, allowed is --table with the number of one`,
        );
      }
      continue;
    }
    if (text.trim() === "" || text.trimStart().startsWith("#") || isRule(text)) continue;
    const cells = head.cellsOf(text, place);
    if (cells.every((cell) => cell === "") || isHead(cells, head)) continue;
    if (cells.length > head.headers.length && cells.slice(head.headers.length).some((cell) => cell !== "")) {
      throw new UserError(
        `${place}: ${cells.length} cells where the header has ${head.headers.length}; a decimal comma needs quotes or another separator`,
      );
    }
    yield { place, cells };
  }
}

/** The header once more, as where tables were put one after the other. */
function isHead(cells: readonly string[], { headers }: TableHead): boolean {
  return cells.length === headers.length && cells.every((cell, index) => cell === headers[index]);
}

function usedCells({ columns }: TableHead, rows: readonly CellRow[]): string[] {
  const used = Object.values(columns).map(({ index }) => index);
  return rows.flatMap(({ cells }) => used.map((index) => cells[index] ?? ""));
}
