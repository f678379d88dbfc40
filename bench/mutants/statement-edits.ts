import type { AnyNode } from "acorn";
import type { Edit } from "./mutant.js";
import type { Place } from "./syntax.js";

const LOOPS = ["WhileStatement", "DoWhileStatement", "ForStatement"];

/** Statements that are not executed, results that are not returned, conditions that always or never hold. */
export function statementEdits({ node, parents }: Place, code: string): Edit[] {
  const edit = (on: AnyNode, replacement: string, operator: string, weight = 1): Edit => ({
    start: on.start,
    end: on.end,
    replacement,
    operator,
    weight,
  });
  switch (node.type) {
    case "ExpressionStatement": {
      const isSuper = node.expression.type === "CallExpression" && node.expression.callee.type === "Super";
      return node.directive !== undefined || isSuper ? [] : [edit(node, ";", "statement")];
    }
    case "ReturnStatement":
    case "ThrowStatement":
    case "ContinueStatement":
    case "BreakStatement": {
      const dropped = isInIf(parents) ? [edit(node, ";", "early end")] : [];
      if (node.type !== "ReturnStatement" || !node.argument) return dropped;
      if (code.slice(node.argument.start, node.argument.end) === "undefined") return dropped;
      return [...dropped, edit(node, "return undefined;", "result")];
    }
    case "IfStatement":
    case "ConditionalExpression":
    case "WhileStatement":
    case "DoWhileStatement":
    case "ForStatement": {
      const { test } = node;
      if (!test || test.type === "Literal") return [];
      const flips = test.type === "BinaryExpression" && /^[!=]==$/.test(test.operator); // a mutant of its own
      const negated = edit(test, `!(${code.slice(test.start, test.end)})`, "condition negated");
      // A loop that never ends says nothing about a test.
      const constants = LOOPS.includes(node.type) ? ["false"] : ["true", "false"];
      return [
        ...(flips ? [] : [negated]),
        ...constants.map((constant) => edit(test, constant, "condition constant", 0.5)),
      ];
    }
    default:
      return [];
  }
}

function isInIf([parent, grandparent]: readonly AnyNode[]): boolean {
  return parent?.type === "IfStatement" || (parent?.type === "BlockStatement" && grandparent?.type === "IfStatement");
}
