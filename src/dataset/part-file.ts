import { closeSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "csv-stringify/sync";
import { reasonOf } from "../core/reason-of.js";
import { UserError } from "../core/user-error.js";
import { partPath } from "./part.js";
import { readRows } from "./read-rows.js";
import { formatRow, headersOf, type Table } from "./table.js";

const CHUNK_BYTES = 1 << 16;
/** A trial's name is far shorter. */
const TRIAL_BYTES = 4096;
const LINE_FEED = 0x0a;

/** An append-only CSV file of one table. Owns a file descriptor. */
export class PartFile<Row> {
  private constructor(
    readonly table: Table<Row>,
    private readonly path: string,
    private readonly file: number,
  ) {}

  /**
   * Opens a part file for appending, creating it with its header where there is none. Reads its beginning and its end
   * only.
   *
   * A torn last line is cut off, and so are rows at the end that `keep` refuses: a sweep writes a trial's rows before
   * the trial itself, so rows of a trial that never finished stand at the end.
   *
   * @param number of the shard that writes it
   * @returns the file and the number of lines that were dropped
   */
  static open<Row>(folder: string, table: Table<Row>, keep: (trialId: string) => boolean, number = 0) {
    mkdirSync(join(folder, table.name), { recursive: true });
    const path = join(folder, partPath(table, "csv", number));
    const header = Buffer.from(stringify([headersOf(table)]));
    const file = openSync(path, "a+");
    const { size } = fstatSync(file);
    if (!read(file, 0, header.length).equals(header)) {
      if (lineFeedsBackwards(file, 0, size).next().done === false) {
        closeSync(file);
        throw new UserError(`part file ${path}: its header is not that of table ${table.name}`);
      }
      ftruncateSync(file, 0);
      const part = new PartFile(table, path, file);
      part.write(header);
      return { part, dropped: size === 0 ? 0 : 1 };
    }
    const { kept, dropped } = wholeLength(file, header.length, keep);
    if (dropped > 0) ftruncateSync(file, kept);
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

  private write(text: string | Buffer): void {
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

/**
 * The length up to which whole lines stand whose trial is kept, and how many lines follow. It goes backwards from the
 * end, so that it takes what is dropped and not what the file holds.
 */
function wholeLength(file: number, headerLength: number, keep: (trialId: string) => boolean) {
  const { size } = fstatSync(file);
  let kept: number | undefined;
  let dropped = 0;
  for (const lineFeed of lineFeedsBackwards(file, headerLength - 1, size)) {
    const start = lineFeed + 1;
    if (kept === undefined)
      dropped = start < size ? 1 : 0; // a torn line
    else if (keep(trialAt(file, start, kept))) break;
    else if (kept - start > 1) dropped++;
    kept = start;
  }
  return { kept: kept ?? headerLength, dropped };
}

/** Where the line feeds of a part of a file stand, the last one first. */
function* lineFeedsBackwards(file: number, from: number, to: number): Generator<number, void> {
  for (let end = to; end > from; ) {
    const start = Math.max(from, end - CHUNK_BYTES);
    const chunk = read(file, start, end - start);
    for (let at = chunk.lastIndexOf(LINE_FEED); at >= 0; at = at === 0 ? -1 : chunk.lastIndexOf(LINE_FEED, at - 1)) {
      yield start + at;
    }
    end = start;
  }
}

/** The first cell of the line between two places. */
function trialAt(file: number, start: number, end: number): string {
  const line = read(file, start, Math.min(end - start, TRIAL_BYTES)).toString();
  const [, quoted, plain = ""] = /^(?:"((?:[^"]|"")*)"|([^,]*))/.exec(line) ?? [];
  return quoted?.replaceAll('""', '"') ?? plain;
}

function read(file: number, from: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(file, bytes, 0, length, from));
}

/**
 * All rows of a table's part file.
 *
 * @param number of the shard that wrote it; 0 where the dataset is whole
 * @throws UserError naming file, line, column and value of the first cell that does not fit the table
 */
export function readPart<Row>(folder: string, table: Table<Row>, number = 0): Row[] {
  return [...readRows(folder, table, number)];
}
