import { type AnyNode, parse } from "acorn";

/** A node of a syntax tree and what it stands in, the nearest first. */
export interface Place {
  readonly node: AnyNode;
  readonly parents: readonly AnyNode[];
}

export function parseModule(code: string): AnyNode {
  return parse(code, { ecmaVersion: "latest", sourceType: "module", allowHashBang: true });
}

export function isModule(code: string): boolean {
  try {
    parseModule(code);
    return true;
  } catch {
    return false;
  }
}

/** Every node in the order of the text, outer before inner; nothing of imports and re-exports. */
export function* placesIn(node: AnyNode, parents: readonly AnyNode[] = []): Generator<Place> {
  if (node.type === "ImportDeclaration" || node.type === "ExportAllDeclaration") return;
  if (node.type === "ExportNamedDeclaration" && node.source) return;
  yield { node, parents };
  const inner = [node, ...parents];
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) yield* placesIn(child, inner);
    }
  }
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

/** Whether a node is a string, a template, or a sum that holds one. */
export function isText(node: AnyNode): boolean {
  if (node.type === "Literal") return typeof node.value === "string";
  if (node.type === "BinaryExpression") return node.operator === "+" && (isText(node.left) || isText(node.right));
  return node.type === "TemplateLiteral";
}

/** `object.name` of a call to a method, undefined for other nodes. */
export function methodOf(node: AnyNode) {
  if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") return undefined;
  const { object, property, computed } = node.callee;
  if (computed || property.type !== "Identifier" || object.type === "Super") return undefined;
  return { object, property, objectName: object.type === "Identifier" ? object.name : "" };
}
