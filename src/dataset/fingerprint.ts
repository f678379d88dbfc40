import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

const CHUNK_BYTES = 1 << 20;
const LINE_FEED = 0x0a;

/** Row count, size and hash of a CSV part file, as the data package records them. Reads it once, in pieces. */
export async function fingerprint(path: string): Promise<{ rows: number; bytes: number; hash: string }> {
  const hash = createHash("sha256");
  let [lines, bytes] = [0, 0];
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) lines++;
  }
  return { rows: lines - 1, bytes, hash: `sha256:${hash.digest("hex")}` };
}
