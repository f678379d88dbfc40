import { existsSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { dirname, join, relative } from "node:path";

/**
 * Where the text of a built file comes from: `src/plan/question/capacity.ts:100`, or the built line where no map says.
 */
export function sourcePlaces(root: string, file: string, code: string): (offset: number) => string {
  const map = join(root, `${file}.map`);
  const sourceMap = existsSync(map) ? new SourceMap(JSON.parse(readFileSync(map, "utf8"))) : undefined;
  return (offset) => {
    const before = code.slice(0, offset).split("\n");
    const entry = sourceMap?.findEntry(before.length - 1, before.at(-1)?.length ?? 0);
    if (entry === undefined || !("originalSource" in entry)) return `${file}:${before.length}`;
    return `${relative(root, join(dirname(map), entry.originalSource))}:${entry.originalLine + 1}`;
  };
}
