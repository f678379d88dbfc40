import { type IntegerProgram, type Row, scaleOf, type Variable } from "../program/integer-program.js";
import { highsLibrary } from "./highs-library.js";
import type { SolverClaim } from "./solver.js";

/** It is a little wrong with objectives of about 1e-5, so the largest coefficient becomes this. */
const OBJECTIVE_SCALE = 1e4;

/** A sum of more integers than this says too little about them. */
const MOST_COUNTED = 64;

/** Solves with HiGHS (WebAssembly): no absolute gap, coverage in images, the objective scaled up. */
export async function solveWithHighs(
  program: IntegerProgram,
  limitMs: number,
  relativeGap: number,
): Promise<SolverClaim> {
  const highs = await highsLibrary();
  const { variables, rows, direction } = withTotals(program);
  const scale = OBJECTIVE_SCALE / scaleOf(variables.map(({ objective }) => objective));
  const { objectiveSense, modelStatus, variableType } = highs.constants;
  const starts = [0];
  for (const { terms } of rows) starts.push((starts.at(-1) ?? 0) + terms.length);
  const source = {
    numCols: variables.length,
    numRows: rows.length,
    sense: direction === "min" ? objectiveSense.minimize : objectiveSense.maximize,
    colCost: variables.map(({ objective }) => Number(objective) * scale),
    colLower: variables.map(() => 0),
    colUpper: variables.map(({ upper }) => upper),
    rowLower: rows.map(({ lower }) => (lower === undefined ? -highs.infinity : Number(lower))),
    rowUpper: rows.map(({ upper }) => (upper === undefined ? highs.infinity : Number(upper))),
    matrix: {
      format: "csr" as const,
      numRows: rows.length,
      numCols: variables.length,
      starts,
      indices: rows.flatMap(({ terms }) => terms.map(([index]) => index)),
      values: rows.flatMap(({ terms }) => terms.map(([, coefficient]) => Number(coefficient))),
    },
    integrality: variables.map(({ integer }) => (integer ? variableType.integer : variableType.continuous)),
  };
  return highs.withModel(source, (model): SolverClaim => {
    model.options.set({ output_flag: false, mip_rel_gap: relativeGap, mip_abs_gap: 0 });
    if (Number.isFinite(limitMs)) model.options.set("time_limit", limitMs / 1000);
    if (variables.length > program.variables.length) model.options.set({ presolve: "off", mip_heuristic_effort: 0 });
    model.run();
    const status = model.getModelStatus();
    if (status === modelStatus.infeasible || status === modelStatus.unboundedOrInfeasible) {
      return { status: "infeasible" };
    }
    const solution = model.getSolution();
    const values = Array.from(solution.colValue).slice(0, program.variables.length);
    const duals = variables.some(({ integer }) => integer) ? [] : Array.from(solution.rowDual, (dual) => dual / scale);
    return {
      status: status === modelStatus.optimal ? "optimal" : "stopped",
      ...(values.length === program.variables.length && { values }),
      ...(duals.length > 0 && { duals }),
    };
  });
}

/**
 * The program with another integer for each row that limits how many there are of several integers, so that HiGHS can
 * branch on how many devices of a type there are before where they are. Its presolve would take these integers out
 * again.
 */
function withTotals(program: IntegerProgram): IntegerProgram {
  const variables: Variable[] = [...program.variables];
  const rows = program.rows.map((row): Row => {
    const counts = row.terms.every(([index, coefficient]) => coefficient === 1n && program.variables[index]?.integer);
    const { terms, lower, upper } = row;
    if (!counts || lower !== undefined || upper === undefined || terms.length < 2 || terms.length > MOST_COUNTED)
      return row;
    variables.push({ name: `total_${row.name}`, upper: Number(upper), integer: true, objective: 0n });
    return { name: row.name, terms: [...terms, [variables.length - 1, -1n]], lower: 0n, upper: 0n };
  });
  return { ...program, variables, rows };
}
