import { closeSync, openSync, readSync } from "node:fs";
import { reasonOf } from "../../core/reason-of.js";
import { type Cursor, nextNumber } from "./cursor.js";

/** After this many reads a file that could not be read is tried again. */
const READS_BEFORE_RETRY = 100;

/** Of a file that was not read yet. */
const NOTHING = Buffer.alloc(0);

/** A kernel file that is opened once and read again and again from its start. */
export interface KeptFile {
  readonly path: string;
  /** The contents, valid until its next read, or undefined with `problem` set. */
  read(): Cursor | undefined;
  /** Why the last read gave nothing. */
  readonly problem: string | undefined;
  close(): void;
}

/** What most kernel files fit into. */
const FIRST_BYTES = 4096;

/**
 * Keeps a procfs or sysfs file open: a read at position 0 makes the kernel write its contents anew, without the
 * path look-up of an open. A descriptor that has gone stale is opened anew once; a file that can't be had costs
 * nothing until it is tried again 100 reads later.
 */
export function keepOpen(path: string): KeptFile {
  let descriptor: number | undefined;
  let problem: string | undefined;
  let readsUntilRetry = 0;
  const cursor: Cursor = { bytes: NOTHING, at: 0, end: 0 };

  function close(): void {
    if (descriptor !== undefined) closeSync(descriptor);
    descriptor = undefined;
  }

  function attempt(): Cursor | undefined {
    try {
      descriptor ??= openSync(path, "r");
      fill(cursor, descriptor);
      problem = undefined;
      return cursor;
    } catch (error) {
      close();
      problem = `${path}: ${reasonOf(error)}`;
      return undefined;
    }
  }

  return {
    path,
    read() {
      if (readsUntilRetry > 0) {
        readsUntilRetry--;
        return undefined;
      }
      const wasOpen = descriptor !== undefined;
      const contents = attempt() ?? (wasOpen ? attempt() : undefined);
      if (contents === undefined) readsUntilRetry = READS_BEFORE_RETRY;
      return contents;
    },
    get problem() {
      return problem;
    },
    close,
  };
}

/** A read that gives less than half a page (4 KiB at least) has given all: no kernel file here has longer lines. */
const SURELY_ALL = 2048;

/** A kernel file may come in pieces of a page, so it is read until a read gives nothing. */
function fill(cursor: Cursor, descriptor: number): void {
  let { bytes } = cursor;
  let length = 0;
  for (;;) {
    if (length === bytes.length) bytes = Buffer.concat([bytes], Math.max(FIRST_BYTES, 2 * length));
    const count = readSync(descriptor, bytes, length, bytes.length - length, length);
    length += count;
    if (count < SURELY_ALL) break;
  }
  cursor.bytes = bytes;
  cursor.at = 0;
  cursor.end = length;
}

/** The number that a sysfs file holds, NaN where it can't be read or holds none. */
export function readNumber(file: KeptFile): number {
  const contents = file.read();
  return contents === undefined ? Number.NaN : nextNumber(contents);
}
