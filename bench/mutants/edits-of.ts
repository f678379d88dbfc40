import { callEdits } from "./call-edits.js";
import { literalEdits } from "./literal-edits.js";
import type { Edit } from "./mutant.js";
import { operatorEdits } from "./operator-edits.js";
import { statementEdits } from "./statement-edits.js";
import { parseModule, placesIn } from "./syntax.js";

/**
 * Every small mistake that a module could hold, in the order of the text.
 *
 * @example
 * editsOf("export const f = (a, b) => a < b;").map(({ replacement }) => replacement); // ["<=", ">"]
 */
export function editsOf(code: string): Edit[] {
  const edits = [...placesIn(parseModule(code))].flatMap((place) =>
    [operatorEdits, statementEdits, callEdits, literalEdits].flatMap((editsAt) => editsAt(place, code)),
  );
  // Two rules may make the same text, e.g. of a condition that is a literal.
  return [...new Map(edits.map((edit) => [`${edit.start}-${edit.end} ${edit.replacement}`, edit])).values()];
}
