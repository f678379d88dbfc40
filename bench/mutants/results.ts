import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Verdict } from "./judge-mutant.js";
import type { Mutant } from "./mutant.js";

export type Result = Omit<Mutant, "weight"> & Verdict;

interface ResultsFile {
  readonly seed: number;
  /** Of the built code, the tests among it. */
  readonly hash: string;
  readonly results: readonly Result[];
}

/** What is known of this seed and this code; nothing where the file is of another or there is none. */
export function readResults(path: string | undefined, seed: number, hash: string): Map<string, Result> {
  if (path === undefined || !existsSync(path)) return new Map();
  const before: ResultsFile = JSON.parse(readFileSync(path, "utf8"));
  const results = before.seed === seed && before.hash === hash ? before.results : [];
  return new Map(results.map((result) => [keyOf(result), result]));
}

/** The file is whole at any minute. */
export function writeResults(path: string | undefined, file: ResultsFile): void {
  if (path === undefined) return;
  writeFileSync(`${path}.tmp`, `${JSON.stringify(file, null, 2)}\n`);
  renameSync(`${path}.tmp`, path);
}

export function keyOf({ file, start, end, replacement }: Omit<Mutant, "weight">): string {
  return `${file}:${start}-${end} ${replacement}`;
}
