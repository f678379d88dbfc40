import type { AnyNode } from "acorn";
import type { Edit } from "./mutant.js";
import { isText, type Place } from "./syntax.js";

const COMPARISON: Readonly<Record<string, readonly string[]>> = {
  "<": ["<=", ">"],
  "<=": ["<"],
  ">": [">=", "<"],
  ">=": [">"],
  "===": ["!=="],
  "!==": ["==="],
};
const ARITHMETIC: Readonly<Record<string, string>> = {
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "+=": "-=",
  "-=": "+=",
  "*=": "/=",
  "/=": "*=",
  "++": "--",
  "--": "++",
};

/** Defaults often stand only for the compiler, which doesn't see that an index is in range. */
const DEFAULT_WEIGHT = 0.3;

/** Another operator: of a comparison, a sum, a product, a logical expression; a sign or a negation left out. */
export function operatorEdits({ node, parents }: Place, code: string): Edit[] {
  switch (node.type) {
    case "BinaryExpression":
    case "AssignmentExpression": {
      const start = code.indexOf(node.operator, node.left.end);
      const edit = (operator: string) => (replacement: string) => ({
        start,
        end: start + node.operator.length,
        replacement,
        operator,
        weight: 1,
      });
      const arithmetic = isText(node.right) || isText(node.left) ? undefined : ARITHMETIC[node.operator];
      return [
        ...(COMPARISON[node.operator] ?? []).map(edit("comparison")),
        ...(arithmetic === undefined ? [] : [edit("arithmetic")(arithmetic)]),
      ];
    }
    case "UpdateExpression": {
      const start = node.prefix ? node.start : node.end - 2;
      const replacement = ARITHMETIC[node.operator] ?? "";
      return [{ start, end: start + 2, replacement, operator: "arithmetic", weight: 1 }];
    }
    case "LogicalExpression": {
      if (node.operator === "??") {
        const side = ({ start, end }: AnyNode, weight: number): Edit => ({
          start: node.start,
          end: node.end,
          replacement: code.slice(start, end),
          operator: "side dropped",
          weight,
        });
        return [side(node.left, DEFAULT_WEIGHT), side(node.right, 1)];
      }
      const start = code.indexOf(node.operator, node.left.end);
      const replacement = node.operator === "&&" ? "||" : "&&";
      return [{ start, end: start + 2, replacement, operator: "logical", weight: 1 }];
    }
    case "UnaryExpression": {
      const first = { start: node.start, end: node.start + 1, replacement: "", weight: 1 };
      if (node.operator === "-") return [{ ...first, operator: "sign" }];
      const isCondition = parents[0] !== undefined && "test" in parents[0] && parents[0].test === node;
      return node.operator === "!" && !isCondition ? [{ ...first, operator: "negation" }] : [];
    }
    default:
      return [];
  }
}
