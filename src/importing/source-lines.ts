import { createHash } from "node:crypto";
import { createReadStream, existsSync, statSync } from "node:fs";
import { basename } from "node:path";
import { UserError } from "../core/user-error.js";

/** A file that is imported, or standard input, with what is known of it when it has been read. */
export interface SourceFile {
  /** As it is named in messages and in the provenance: without its folder. */
  readonly name: string;
  /** Its lines, one after the other. */
  lines(): AsyncIterable<string>;
  /** @throws RangeError before it has been read to its end */
  fingerprint(): { readonly name: string; readonly bytes: number; readonly sha256: string };
}

/** Longer lines are no table's: a file without line ends would be held in memory. */
const LONGEST_LINE = 1 << 22;

/**
 * A file by its path, or standard input as `-`.
 *
 * @throws UserError if there is no such file
 */
export function sourceFile(path: string): SourceFile {
  if (path !== "-" && !(existsSync(path) && statSync(path).isFile())) throw new UserError(`${path}: no such file`);
  const name = path === "-" ? "standard input" : basename(path);
  let fingerprint: { name: string; bytes: number; sha256: string } | undefined;
  return {
    name,
    async *lines() {
      const hash = createHash("sha256");
      let decoder: InstanceType<typeof TextDecoder> | undefined;
      let [bytes, rest] = [0, ""];
      for await (const chunk of path === "-" ? process.stdin : createReadStream(path)) {
        const data = Buffer.from(chunk);
        hash.update(data);
        bytes += data.length;
        decoder ??= new TextDecoder(encodingOf(data));
        const text = decoder.decode(data, { stream: true });
        if (text.includes("\0")) {
          throw new UserError(`${name}: holds zero bytes, allowed is text in UTF-8, or in UTF-16 with its mark`);
        }
        const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
        rest = lines.pop() ?? "";
        if (rest.length > LONGEST_LINE) throw new UserError(`${name}: a line of more than ${LONGEST_LINE} characters`);
        yield* lines;
      }
      rest += decoder?.decode() ?? "";
      if (rest !== "") yield rest.replace(/\r$/, "");
      fingerprint = { name, bytes, sha256: hash.digest("hex") };
    },
    fingerprint() {
      if (fingerprint === undefined) throw new RangeError(`${name}: not read yet`);
      return fingerprint;
    },
  };
}

/** By the mark that text in UTF-16 begins with. */
function encodingOf([first, second]: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
}

/**
 * All of a source's text, for formats that are small.
 *
 * @throws UserError if it is larger than 256 MiB
 */
export async function textOf(source: SourceFile): Promise<string> {
  const lines: string[] = [];
  let length = 0;
  for await (const line of source.lines()) {
    length += line.length + 1;
    if (length > LARGEST_TEXT) throw new UserError(`${source.name}: larger than 256 MiB`);
    lines.push(line);
  }
  return lines.join("\n");
}

const LARGEST_TEXT = 256 << 20;
