import type { AnyNode } from "acorn";
import type { Edit } from "./mutant.js";
import { methodOf, type Place } from "./syntax.js";

const OTHER_METHOD: Readonly<Record<string, string>> = {
  ceil: "floor",
  floor: "ceil",
  round: "floor",
  max: "min",
  min: "max",
  some: "every",
  every: "some",
};
/** What gives a value of the kind that it was called on. */
const REMOVED = new Set("filter sort toSorted map reverse toReversed slice flat concat trim toLowerCase".split(" "));

/** Calls of another function, without one, with arguments swapped; lists without one of their elements. */
export function callEdits({ node }: Place, code: string): Edit[] {
  return [...swappedArguments(node, code), ...otherCall(node, code), ...shorterList(node)];
}

function swappedArguments(node: AnyNode, code: string): Edit[] {
  if (node.type !== "CallExpression" && node.type !== "NewExpression") return [];
  const [first, second] = node.arguments;
  if (first === undefined || second === undefined || isInAnyOrder(node)) return [];
  // The compiler would find these.
  const distinct = ["SpreadElement", "ObjectExpression", "ArrowFunctionExpression", "FunctionExpression"];
  if (distinct.includes(first.type) || distinct.includes(second.type)) return [];
  const [a, between, b] = [
    code.slice(first.start, first.end),
    code.slice(first.end, second.start),
    code.slice(second.start, second.end),
  ];
  if (a === b) return [];
  return [{ start: first.start, end: second.end, replacement: b + between + a, operator: "arguments", weight: 1 }];
}

/** Whether the order of arguments makes no difference. */
function isInAnyOrder(node: AnyNode): boolean {
  const method = methodOf(node);
  return method?.objectName === "Math" && ["max", "min", "hypot", "imul"].includes(method.property.name);
}

function otherCall(node: AnyNode, code: string): Edit[] {
  const method = methodOf(node);
  if (method === undefined) return [];
  const { name, start, end } = method.property;
  const isMath = method.objectName === "Math";
  const other = isMath || name === "some" || name === "every" ? OTHER_METHOD[name] : undefined;
  if (other !== undefined) return [{ start, end, replacement: other, operator: "function", weight: 1 }];
  if (isMath || !REMOVED.has(name)) return [];
  const dot = code.lastIndexOf(".", start);
  const from = code[dot - 1] === "?" ? dot - 1 : dot;
  return [{ start: from, end: node.end, replacement: "", operator: "call removed", weight: 1 }];
}

/** One mutant per element of an array literal, together as likely as one comparison; spreads of other lists, too. */
function shorterList(node: AnyNode): Edit[] {
  const list: readonly (AnyNode | null)[] =
    node.type === "ArrayExpression"
      ? node.elements
      : node.type === "ObjectExpression"
        ? node.properties
        : node.type === "CallExpression"
          ? node.arguments
          : [];
  const places = list.flatMap((element, place) => {
    const isLeftOut = element && (node.type === "ArrayExpression" || element.type === "SpreadElement");
    return isLeftOut ? [{ element, previous: list[place - 1], next: list[place + 1] }] : [];
  });
  return places.map(({ element, previous, next }) => ({
    start: next || !previous ? element.start : previous.end,
    end: next ? next.start : element.end,
    replacement: "",
    operator: "element",
    weight: 1 / places.length,
  }));
}
