import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { parse } from "csv-parse/sync";
import { reasonOf } from "../core/reason-of.js";
import { UserError } from "../core/user-error.js";
import { type Part, partPath } from "./part.js";
import { headersOf, parseRow, type Table } from "./table.js";

const CHUNK_BYTES = 1 << 20;

/**
 * The rows of a table's CSV part file one after the other, so that a table of any size takes little memory.
 *
 * @param number of the shard that wrote them; 0 where the dataset is whole
 * @throws UserError naming file, line, column and value of the first cell that does not fit the table
 */
export function* readRows<Row>(folder: string, table: Table<Row>, number = 0): Generator<Row, void> {
  const path = join(folder, partPath(table, "csv", number));
  if (!existsSync(path)) {
    const parquet = join(folder, partPath(table, "parquet", number));
    if (!existsSync(parquet)) return;
    throw new UserError(`part file ${parquet}: is Parquet, allowed here is CSV (dataset convert --format csv)`);
  }
  let line = 0;
  for (const cells of readCells(path)) {
    line++;
    if (line === 1) requireHeaders(path, cells, headersOf(table));
    else yield parseAt(`${path} line ${line}`, table, cells);
  }
}

/** @throws UserError naming the first column of a CSV part file that is not the table's */
export function requireHeader({ folder, table, number }: Part): void {
  for (const _row of readRows(folder, table, number)) return;
}

/** @throws UserError naming the first column that is not the expected one */
export function requireHeaders(path: string, found: readonly string[], expected: readonly string[]): void {
  const wrong = expected.findIndex((name, index) => found[index] !== name);
  if (wrong < 0 && found.length === expected.length) return;
  const place = wrong >= 0 ? wrong : expected.length;
  throw new UserError(
    `${path}: column ${place + 1} is ${found[place] ?? "missing"}, expected ${expected[place] ?? "no more columns"}`,
  );
}

/** The cells of each line of a CSV file: a row never has more than one line. */
export function* readCells(path: string): Generator<string[], void> {
  let line = 0;
  for (const text of linesOf(path)) {
    line++;
    yield text.includes('"') ? parseLine(path, line, text) : text.split(",");
  }
}

function parseLine(path: string, line: number, text: string): string[] {
  try {
    const [cells = [""]] = parse(text, { relaxColumnCount: true }) as string[][];
    return cells;
  } catch (error) {
    throw new UserError(`${path} line ${line}: ${reasonOf(error).replace(/ at line 1\b/, "")}`);
  }
}

function* linesOf(path: string): Generator<string, void> {
  const file = openSync(path, "r");
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const decoder = new StringDecoder("utf8");
    let rest = "";
    for (;;) {
      const length = readSync(file, chunk);
      if (length === 0) break;
      const lines = (rest + decoder.write(chunk.subarray(0, length))).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
    rest += decoder.end();
    if (rest !== "") yield rest;
  } finally {
    closeSync(file);
  }
}

/**
 * One row from its cells.
 *
 * @throws UserError naming the place, the column and the value
 */
export function parseAt<Row>(place: string, table: Table<Row>, cells: readonly string[]): Row {
  try {
    return parseRow(table, cells);
  } catch (error) {
    throw new UserError(`${place}: ${reasonOf(error)}`);
  }
}
