import { readFileSync } from "node:fs";
import { join } from "node:path";
import { editsOf } from "./edits-of.js";
import { linesOf, type Mutant } from "./mutant.js";
import { sourcePlaces } from "./source-place.js";

/** Every mutant of a built file. */
export function mutantsIn(root: string, file: string): Mutant[] {
  const code = readFileSync(join(root, file), "utf8");
  const placeOf = sourcePlaces(root, file, code);
  const [, top = "", second = ""] = file.split("/"); // dist/src/plan/… or dist/pipeline/…
  const folder = top === "src" && !second.endsWith(".js") ? second : top;
  return editsOf(code).map((edit) => ({ ...edit, file, folder, place: placeOf(edit.start), ...linesOf(code, edit) }));
}
