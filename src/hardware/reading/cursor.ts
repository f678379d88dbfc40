/** A place in the bytes of a kernel file: the parsers walk along it without making strings. */
export interface Cursor {
  bytes: Buffer;
  at: number;
  /** Where the contents end; the buffer may be longer. */
  end: number;
}

const SPACE = 32;
const TAB = 9;
const NEWLINE = 10;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;

export function skipBlanks(cursor: Cursor): void {
  const { bytes, end } = cursor;
  while (cursor.at < end && (bytes[cursor.at] === SPACE || bytes[cursor.at] === TAB)) cursor.at++;
}

/** The decimal number that follows on this line, or NaN (without moving further) where none follows. */
export function nextNumber(cursor: Cursor): number {
  skipBlanks(cursor);
  const { bytes, end } = cursor;
  let at = cursor.at;
  const negative = at < end && bytes[at] === MINUS;
  if (negative) at++;
  const first = at;
  let value = 0;
  for (; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < ZERO || byte > NINE) break;
    value = value * 10 + (byte - ZERO);
  }
  if (at === first) return Number.NaN;
  if (at < end && bytes[at] === DOT) {
    let scale = 1;
    for (at++; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (byte < ZERO || byte > NINE) break;
      scale *= 10;
      value = value * 10 + (byte - ZERO);
    }
    value /= scale;
  }
  cursor.at = at;
  return negative ? -value : value;
}

/** Moves past the next blank-separated word of this line. */
export function skipWord(cursor: Cursor): void {
  skipBlanks(cursor);
  const { bytes, end } = cursor;
  while (cursor.at < end) {
    const byte = bytes[cursor.at];
    if (byte === SPACE || byte === TAB || byte === NEWLINE) return;
    cursor.at++;
  }
}

/** Moves to the start of the next line; false at the end of the contents. */
export function nextLine(cursor: Cursor): boolean {
  const newline = cursor.bytes.indexOf(NEWLINE, cursor.at);
  cursor.at = newline < 0 || newline >= cursor.end ? cursor.end : newline + 1;
  return cursor.at < cursor.end;
}

/** Whether the contents go on with these bytes; moves past them if so. */
export function accept(cursor: Cursor, expected: Uint8Array): boolean {
  const { bytes, at, end } = cursor;
  if (at + expected.length > end) return false;
  for (let index = 0; index < expected.length; index++) {
    if (bytes[at + index] !== expected[index]) return false;
  }
  cursor.at = at + expected.length;
  return true;
}
