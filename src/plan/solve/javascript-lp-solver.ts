import lpSolver from "javascript-lp-solver";
import { type IntegerProgram, scaleOf } from "../program/integer-program.js";
import type { SolverClaim } from "./solver.js";

/** The package's declarations describe its CommonJS form; Node.js loads the other one, whose default is the solver. */
const solver = lpSolver as unknown as {
  Solve(model: unknown): {
    readonly [key: string]: unknown;
    readonly feasible?: unknown;
    readonly isIntegral?: unknown;
  };
};

/**
 * Solves with javascript-lp-solver. Its presolve is off and rows and objective are scaled to about 1, because it calls
 * feasible models infeasible otherwise. It is given no time limit of its own: at one it returns the last node that it
 * saw, whatever that was, as if it were the answer. Who calls it ends its thread.
 */
export async function solveWithJavascriptLpSolver(program: IntegerProgram): Promise<SolverClaim> {
  const answer = solver.Solve(modelOf(program));
  if (answer.feasible !== true) return { status: "infeasible" };
  const integral = answer.isIntegral === true || program.variables.every(({ integer }) => !integer);
  return {
    status: integral ? "optimal" : "stopped",
    values: program.variables.map((_, index) => Number(answer[nameOf(index)] ?? 0)),
  };
}

/** Its answer is one record of variables and verdicts: these names collide with none of them. */
function nameOf(index: number): string {
  return `v${index}`;
}

function modelOf({ direction, variables, rows }: IntegerProgram): unknown {
  const objectiveScale = scaleOf(variables.map(({ objective }) => objective));
  const columns: Record<string, number>[] = variables.map(({ objective }) => ({
    objective: Number(objective) / objectiveScale,
  }));
  const constraints: Record<string, { min?: number; max?: number }> = {};
  for (const [place, { terms, lower, upper }] of rows.entries()) {
    const scale = scaleOf(terms.map(([, coefficient]) => coefficient));
    const name = `r${place}`;
    constraints[name] = {
      ...(lower !== undefined && { min: Number(lower) / scale }),
      ...(upper !== undefined && { max: Number(upper) / scale }),
    };
    for (const [index, coefficient] of terms) {
      const column = columns[index];
      if (column !== undefined) column[name] = Number(coefficient) / scale;
    }
  }
  for (const [index, { upper }] of variables.entries()) {
    if (upper === Number.POSITIVE_INFINITY) continue;
    constraints[`u${index}`] = { max: upper };
    const column = columns[index];
    if (column !== undefined) column[`u${index}`] = 1;
  }
  return {
    optimize: "objective",
    opType: direction,
    constraints,
    variables: Object.fromEntries(columns.map((column, index) => [nameOf(index), column])),
    ints: Object.fromEntries(variables.flatMap(({ integer }, index) => (integer ? [[nameOf(index), 1]] : []))),
    options: { presolve: false },
  };
}
