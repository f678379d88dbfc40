import { type Cursor, nextLine, nextNumber } from "./cursor.js";
import type { Feature } from "./feature.js";
import { keepOpen } from "./kept-file.js";
import type { Place, Reader, Source } from "./source.js";

/** A feature of a file of `key: number` lines, and the keys (summed where there are several) that it is read from. */
export interface KeyedField {
  readonly feature: Feature;
  readonly keys: readonly string[];
  /** From the file's unit to the feature's. */
  readonly scale?: number;
}

/** A source that is one file of lines `key value`, `key: value` or `key=value`, like /proc/meminfo. */
export function keyedFileSource(pathIn: (place: Place) => string, fields: readonly KeyedField[]): Source {
  return {
    features: fields.map((field) => field.feature),
    open: (place) => openKeyedFile(pathIn(place), fields),
  };
}

export function openKeyedFile(path: string, fields: readonly KeyedField[]): Reader {
  const file = keepOpen(path);
  const parse = keyedLineParser(fields);
  return {
    read(values, at) {
      values.fill(Number.NaN, at, at + fields.length);
      const cursor = file.read();
      if (cursor !== undefined) parse(cursor, values, at);
    },
    problem: () => file.problem,
    close: file.close,
  };
}

interface Slot {
  readonly key: Buffer;
  readonly index: number;
  readonly scale: number;
}

/**
 * A parser that takes the wanted keys out of a file in one pass, in whatever order they come; lines with other keys
 * are skipped, and a wanted key that is not there leaves what was in `values`.
 */
export function keyedLineParser(fields: readonly KeyedField[]) {
  const slots = new Map<number, Slot>();
  for (const [index, field] of fields.entries()) {
    for (const text of field.keys) {
      const key = Buffer.from(text);
      const hash = hashOf(key, 0, key.length);
      const other = slots.get(hash);
      if (other !== undefined) throw new RangeError(`keys ${other.key} and ${text} have the same hash`);
      slots.set(hash, { key, index, scale: field.scale ?? 1 });
    }
  }
  return (cursor: Cursor, values: Float64Array, at: number): void => {
    const { bytes, end } = cursor;
    do {
      const start = cursor.at;
      let hash = 0;
      let stop = start;
      for (; stop < end; stop++) {
        const byte = bytes[stop] ?? 0;
        if (byte === 32 || byte === 58 || byte === 61 || byte === 9 || byte === 10) break; // blank : = tab newline
        hash = (Math.imul(hash, 31) + byte) | 0;
      }
      const slot = slots.get(hash);
      if (slot === undefined || !sameBytes(bytes, start, stop, slot.key)) continue;
      cursor.at = stop;
      if (bytes[stop] === 58 || bytes[stop] === 61) cursor.at++;
      const value = nextNumber(cursor) * slot.scale;
      if (Number.isNaN(value)) continue;
      const before = values[at + slot.index] ?? Number.NaN;
      values[at + slot.index] = Number.isNaN(before) ? value : before + value;
    } while (nextLine(cursor));
  };
}

function hashOf(bytes: Buffer, start: number, stop: number): number {
  let hash = 0;
  for (let at = start; at < stop; at++) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
  return hash;
}

function sameBytes(bytes: Buffer, start: number, stop: number, key: Buffer): boolean {
  if (stop - start !== key.length) return false;
  for (let at = 0; at < key.length; at++) if (bytes[start + at] !== key[at]) return false;
  return true;
}
