import type { AnyNode } from "acorn";
import type { Edit } from "./mutant.js";
import type { Place } from "./syntax.js";

/** Most strings are names or sentences; were each as likely as a comparison, little else would be drawn. */
const STRING_WEIGHT = 0.3;
const MESSAGE_WEIGHT = 0.1;
/** Tables of numbers are long, and defaults often stand only for the compiler. */
const LESSER_NUMBER_WEIGHT = 0.3;
const LARGE = 100;

/** Another number or truth value; no text. */
export function literalEdits({ node, parents }: Place, code: string): Edit[] {
  const edit = (replacement: string, operator: string, weight: number): Edit[] => [
    { start: node.start, end: node.end, replacement, operator, weight },
  ];
  const [parent] = parents;
  if (parent === undefined || isName(node, parent)) return [];
  const textWeight = isInMessage(parents) ? MESSAGE_WEIGHT : STRING_WEIGHT;
  if (node.type === "TemplateLiteral") {
    return parent.type === "TaggedTemplateExpression" || code.slice(node.start, node.end) === "``"
      ? []
      : edit('""', "text", textWeight);
  }
  if (node.type !== "Literal") return [];
  const isLesser =
    parent.type === "ArrayExpression" || (parent.type === "LogicalExpression" && parent.operator === "??");
  const weight = isLesser ? LESSER_NUMBER_WEIGHT : 1;
  if (typeof node.value === "number") return edit(String(otherNumber(node.value)), "number", weight);
  if (typeof node.value === "bigint") return edit(`${node.value === 1n ? 0n : node.value + 1n}n`, "number", weight);
  if (typeof node.value === "boolean") return edit(String(!node.value), "boolean", 1);
  return typeof node.value === "string" && node.value !== "" ? edit('""', "text", textWeight) : [];
}

/** One more than a thousand or a million is hardly another number. */
function otherNumber(value: number): number {
  if (value === 1) return 0;
  return value >= LARGE ? 2 * value : value + 1;
}

/** Whether a literal names something: a key, a module, a directive. */
function isName(node: AnyNode, parent: AnyNode): boolean {
  if (parent.type === "Property" || parent.type === "PropertyDefinition" || parent.type === "MethodDefinition") {
    return parent.key === node && !parent.computed;
  }
  return parent.type === "ImportExpression" || (parent.type === "ExpressionStatement" && node.type === "Literal");
}

function isInMessage(parents: readonly AnyNode[]): boolean {
  return parents.some(
    (parent) =>
      parent.type === "ThrowStatement" ||
      (parent.type === "NewExpression" && parent.callee.type === "Identifier" && parent.callee.name.endsWith("Error")),
  );
}
