import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { reasonOf } from "../core/json-file.js";
import { UserError } from "../core/user-error.js";
import { columnsOf, formatRow, headersOf, parseRow, type Table } from "./table.js";

/** The path of a table's part file within a dataset, with forward slashes as in the data package. */
export function partPath(table: { readonly name: string }): string {
  return `${table.name}/part-0.csv`;
}

/** An append-only CSV file of one table. Owns a file descriptor. */
export class PartFile<Row> {
  private constructor(
    readonly table: Table<Row>,
    private readonly path: string,
    private readonly file: number,
  ) {}

  /**
   * Opens a part file for appending, creating it with its header where there is none.
   *
   * A torn last line is cut off, and so are rows at the end that `keep` refuses: a sweep writes a trial's rows before
   * the trial itself, so rows of a trial that never finished stand at the end.
   *
   * @returns the file and the number of lines that were dropped
   */
  static open<Row>(folder: string, table: Table<Row>, keep: (trialId: string) => boolean) {
    mkdirSync(join(folder, table.name), { recursive: true });
    const path = join(folder, partPath(table));
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    const header = stringify([headersOf(table)]);
    const file = openSync(path, "a");
    if (!text.startsWith(header)) {
      if (text.includes("\n")) {
        closeSync(file);
        throw new UserError(`part file ${path}: its header is not that of table ${table.name}`);
      }
      ftruncateSync(file, 0);
      const part = new PartFile(table, path, file);
      part.write(header);
      return { part, dropped: text === "" ? 0 : 1 };
    }
    const kept = keptLength(text, header.length, keep);
    const dropped = text.slice(kept).split("\n").filter(Boolean).length;
    if (dropped > 0) ftruncateSync(file, Buffer.byteLength(text.slice(0, kept)));
    return { part: new PartFile(table, path, file), dropped };
  }

  /**
   * Appends rows and waits until they are on the disk.
   *
   * @throws Error if they can't be written, on a full disk for example; the file is then as it was before
   */
  append(rows: readonly Row[]): void {
    if (rows.length > 0) this.write(stringify(rows.map((row) => formatRow(this.table, row))));
  }

  private write(text: string): void {
    const { size } = fstatSync(this.file);
    try {
      writeFileSync(this.file, text); // unlike writeSync it goes on until everything is written
      fsyncSync(this.file);
    } catch (error) {
      ftruncateSync(this.file, size);
      throw new Error(`part file ${this.path}: ${reasonOf(error)}; what was measured before stays`);
    }
  }

  close(): void {
    closeSync(this.file);
  }
}

/** The length up to which whole lines stand whose trial is kept. */
function keptLength(text: string, headerLength: number, keep: (trialId: string) => boolean): number {
  let end = text.lastIndexOf("\n") + 1;
  while (end > headerLength) {
    const start = text.lastIndexOf("\n", end - 2) + 1;
    if (keep(text.slice(start, text.indexOf(",", start)))) break;
    end = start;
  }
  return end;
}

/**
 * All rows of a table's part file.
 *
 * @throws UserError naming file, line, column and value of the first cell that does not fit the table
 */
export function readPart<Row>(folder: string, table: Table<Row>): Row[] {
  const path = join(folder, partPath(table));
  return parseCsv(path).map((cells, index) => {
    try {
      return parseRow(table, cells);
    } catch (error) {
      throw new UserError(`${path} line ${index + 2}: ${error instanceof Error ? error.message : String(error)}`);
    }
  });

  function parseCsv(file: string): string[][] {
    if (!existsSync(file)) return [];
    const [header, ...records] = parse(readFileSync(file), { relaxColumnCount: true }) as string[][];
    const expected = headersOf(table);
    const wrong = expected.findIndex((name, index) => header?.[index] !== name);
    if (wrong >= 0 || header?.length !== expected.length) {
      const place = wrong >= 0 ? wrong : expected.length;
      throw new UserError(
        `${file}: column ${place + 1} is ${header?.[place] ?? "missing"}, expected ${expected[place] ?? "no more columns"}`,
      );
    }
    return records;
  }
}

/** The smallest and largest value of every numeric column, by header; columns without a value are left out. */
export function columnRanges<Row>(
  table: Table<Row>,
  rows: readonly Row[],
): Record<string, { min: number; max: number }> {
  const ranges: Record<string, { min: number; max: number }> = {};
  for (const [key, column] of columnsOf(table)) {
    if (column.type !== "number" && column.type !== "integer") continue;
    let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const row of rows) {
      const value = row[key];
      if (typeof value !== "number") continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    if (min <= max) ranges[column.header] = { min, max };
  }
  return ranges;
}
