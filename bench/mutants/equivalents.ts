import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Mutant } from "./mutant.js";

/** A mutant that changes no behaviour, as somebody judged, with the reason. Known by its text, not by its line. */
interface Equivalent {
  readonly file: string;
  readonly was: string;
  readonly becomes: string;
  readonly reason: string;
}

/** Says of a mutant whether bench/mutants/equivalent.json holds it. */
export function equivalents(root: string): (mutant: Mutant) => boolean {
  const path = join(root, "bench", "mutants", "equivalent.json");
  const known: readonly Equivalent[] = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : [];
  const keys = new Set(known.map(keyOf));
  return (mutant) => keys.has(keyOf(mutant));
}

function keyOf({ file, was, becomes }: Omit<Equivalent, "reason">): string {
  return [file, was, becomes].join("\n");
}
