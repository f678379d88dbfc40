import { closeSync, openSync, readSync } from "node:fs";

const CHUNK_BYTES = 1 << 20;
const [COMMA, LINE_FEED, UNDERSCORE, ZERO, NINE] = [0x2c, 0x0a, 0x5f, 0x30, 0x39];

/**
 * Whether a CSV file may hold what is wrong and what DuckDB passes over: a cell too many that is empty, an empty line,
 * and digits in groups (1_000). It may where commas are not one fewer per line than columns, or a `_` stands between
 * digits.
 */
export function needsStrictReading(path: string, columns: number): boolean {
  const file = openSync(path, "r");
  try {
    const chunk = new Uint8Array(CHUNK_BYTES);
    let [commas, lines, digits, grouped] = [0, 0, false, false];
    for (;;) {
      const length = readSync(file, chunk);
      if (length === 0) return commas !== lines * (columns - 1);
      for (let at = 0; at < length; at++) {
        const byte = chunk[at] ?? 0;
        const digit = byte >= ZERO && byte <= NINE;
        if (grouped && digit && lines > 0) return true;
        grouped = digits && byte === UNDERSCORE;
        digits = digit;
        if (byte === COMMA) commas++;
        else if (byte === LINE_FEED) lines++;
      }
    }
  } finally {
    closeSync(file);
  }
}
