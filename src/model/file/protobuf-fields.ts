import type { FileBytes } from "./file-bytes.js";

/** One field of a message: what it is and where its bytes are, its key and length included from `start`. */
export interface Field {
  readonly number: number;
  readonly wireType: number;
  readonly start: number;
  /** Where its value begins: for a message, a text or a packed list after the length. */
  readonly valueStart: number;
  readonly end: number;
}

/** Wire types of Protocol Buffers. Source: the encoding guide of protobuf.dev. */
const VARINT = 0;
const FIXED_64 = 1;
export const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;
/** A key or length of 64 bits has at most ten bytes. */
const MOST_VARINT_BYTES = 10;

/**
 * The fields of the message in a part of a file, without reading their values.
 *
 * @throws Error if the part is no message
 */
export function* fieldsIn(bytes: FileBytes, from: number, to: number): Generator<Field> {
  for (let start = from; start < to; ) {
    const key = varintAt(bytes, start);
    const wireType = key.value % 8;
    const number = Math.floor(key.value / 8);
    let valueStart = key.end;
    let end: number;
    if (wireType === VARINT) end = varintAt(bytes, valueStart).end;
    else if (wireType === FIXED_64) end = valueStart + 8;
    else if (wireType === FIXED_32) end = valueStart + 4;
    else if (wireType === LENGTH_DELIMITED) {
      const length = varintAt(bytes, valueStart);
      valueStart = length.end;
      end = valueStart + length.value;
    } else throw new Error(`wire type ${wireType} at byte ${start}`);
    if (number === 0 || end > to) throw new Error(`field ${number} at byte ${start} ends at ${end}, beyond ${to}`);
    yield { number, wireType, start, valueStart, end };
    start = end;
  }
}

/** A whole number in as few bytes as it needs. */
function varintAt(bytes: FileBytes, offset: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (const [index, byte] of bytes.at(offset, MOST_VARINT_BYTES).entries()) {
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, end: offset + index + 1 };
  }
  throw new Error(`no end of the number at byte ${offset}`);
}

/** The bytes of a whole number, as a key, a length or a value. */
export function encodedVarint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  return Uint8Array.of(...bytes, rest);
}

/** The bytes of a field that holds a message, a text or bytes. */
export function encodedField(number: number, value: Uint8Array): Uint8Array {
  return Buffer.concat([encodedVarint(number * 8 + LENGTH_DELIMITED), encodedVarint(value.length), value]);
}
