import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const PIECE_BYTES = 64 * 1024;

/** A file that is read where it is looked at, a piece at a time, so that its size does not matter. */
export interface FileBytes {
  readonly length: number;
  /** The bytes of a place; valid until the next look. */
  at(offset: number, length: number): Uint8Array;
  close(): void;
}

/** @throws the system's error if the file can't be opened */
export function openFileBytes(path: string): FileBytes {
  const descriptor = openSync(path, "r");
  const { size } = fstatSync(descriptor);
  const piece = Buffer.alloc(PIECE_BYTES);
  let [start, end] = [0, 0];
  const read = (into: Uint8Array, offset: number): number => {
    let done = 0;
    for (let more = 1; more > 0 && done < into.length; done += more) {
      more = readSync(descriptor, into, done, into.length - done, offset + done);
    }
    return done;
  };
  return {
    length: size,
    at(offset, length) {
      if (length > PIECE_BYTES) {
        const own = new Uint8Array(length);
        return own.subarray(0, read(own, offset));
      }
      if (offset < start || offset + length > end) {
        start = offset;
        end = offset + read(piece, offset);
      }
      return piece.subarray(offset - start, Math.min(offset + length, end) - start);
    },
    close: () => closeSync(descriptor),
  };
}
