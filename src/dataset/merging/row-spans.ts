import { closeSync, openSync, readSync, writeFileSync } from "node:fs";
import { parse } from "csv-parse/sync";

const CHUNK_BYTES = 1 << 20;
const [COMMA, LINE_FEED] = [0x2c, 0x0a];

/** Where a piece of a file stands: from its first byte to behind its last one. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A row of a CSV file: where it stands, its line feed included, and its first cells. */
export interface RowSpan extends Span {
  readonly cells: readonly string[];
}

/** The cells of a file's first line; none where it has no whole line. */
export function readHeader(path: string): readonly string[] {
  for (const { cells } of lines(path, Number.POSITIVE_INFINITY)) return cells;
  return [];
}

/**
 * The whole rows of a CSV file one after the other, its header left out, and a line without an end at its end.
 *
 * @param count how many cells of each row are wanted
 */
export function* rowSpans(path: string, count: number): Generator<RowSpan, void> {
  const all = lines(path, count);
  all.next();
  yield* all;
}

function* lines(path: string, count: number): Generator<RowSpan, void> {
  const file = openSync(path, "r");
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    let rest: Buffer = Buffer.alloc(0);
    for (let start = 0; ; ) {
      const length = readSync(file, chunk);
      if (length === 0) return;
      const bytes = rest.length === 0 ? chunk.subarray(0, length) : Buffer.concat([rest, chunk.subarray(0, length)]);
      let from = 0;
      for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, from)) {
        yield { start: start + from, end: start + end + 1, cells: firstCells(bytes.subarray(from, end), count) };
        from = end + 1;
      }
      rest = Buffer.from(bytes.subarray(from)); // a copy, since the chunk is read into again
      start += from;
    }
  } finally {
    closeSync(file);
  }
}

function firstCells(line: Buffer, count: number): string[] {
  let [end, seen] = [-1, 0];
  for (; seen < count; seen++) {
    const next = line.indexOf(COMMA, end + 1);
    if (next < 0) {
      end = line.length;
      break;
    }
    end = next;
  }
  const text = line.toString("utf8", 0, end);
  if (!text.includes('"')) return text.split(",");
  const [cells = []] = parse(line.toString("utf8"), { relaxColumnCount: true }) as string[][];
  return cells.slice(0, count);
}

/** Appends a piece of a file to another one. */
export function copySpan(path: string, { start, end }: Span, to: number): void {
  for (const bytes of pieces(path, { start, end })) writeFileSync(to, bytes);
}

/**
 * Where the shorter of two pieces ends to be the beginning of the longer one.
 *
 * @returns the place of the first byte that differs, from the beginning of the pieces; undefined where none does
 */
export function firstDifference(pathA: string, a: Span, pathB: string, b: Span): number | undefined {
  const length = Math.min(a.end - a.start, b.end - b.start);
  const others = pieces(pathB, { start: b.start, end: b.start + length });
  let at = 0;
  for (const bytes of pieces(pathA, { start: a.start, end: a.start + length })) {
    const other = others.next().value ?? Buffer.alloc(0);
    if (!bytes.equals(other)) return at + bytes.findIndex((byte, index) => byte !== other[index]);
    at += bytes.length;
  }
  return undefined;
}

function* pieces(path: string, { start, end }: Span): Generator<Buffer, void> {
  const file = openSync(path, "r");
  try {
    const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, end - start));
    for (let at = start; at < end; ) {
      const length = readSync(file, chunk, 0, Math.min(chunk.length, end - at), at);
      if (length === 0) throw new Error(`part file ${path}: became shorter while it was read`);
      yield chunk.subarray(0, length);
      at += length;
    }
  } finally {
    closeSync(file);
  }
}
