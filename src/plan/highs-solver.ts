import highsPackage, { type Highs } from "highs";
import { type IntegerProgram, scaleOf } from "./integer-program.js";
import type { SolverClaim } from "./solver.js";

/** It is a little wrong with objectives of about 1e-5, so the largest coefficient becomes this. */
const OBJECTIVE_SCALE = 1e4;

/** The package's declarations describe its CommonJS form; Node.js loads the other one, whose default is the loader. */
const loadHighs = highsPackage as unknown as () => Promise<Highs>;

let loading: Promise<Highs> | undefined;

/** Solves with HiGHS (WebAssembly): both gaps 0, coverage in images, the objective scaled up. */
export async function solveWithHighs(program: IntegerProgram, limitMs: number): Promise<SolverClaim> {
  loading ??= loadHighs();
  const highs = await loading;
  const { variables, rows, direction } = program;
  const scale = OBJECTIVE_SCALE / scaleOf(variables.map(({ objective }) => objective));
  const { objectiveSense, modelStatus, variableType } = highs.constants;
  const starts = [0];
  for (const { terms } of rows) starts.push((starts.at(-1) ?? 0) + terms.length);
  const source = {
    numCols: variables.length,
    numRows: rows.length,
    sense: direction === "min" ? objectiveSense.minimize : objectiveSense.maximize,
    colCost: variables.map(({ objective }) => objective * scale),
    colLower: variables.map(() => 0),
    colUpper: variables.map(({ upper }) => upper),
    rowLower: rows.map(({ lower }) => lower ?? -highs.infinity),
    rowUpper: rows.map(({ upper }) => upper ?? highs.infinity),
    matrix: {
      format: "csr" as const,
      numRows: rows.length,
      numCols: variables.length,
      starts,
      indices: rows.flatMap(({ terms }) => terms.map(([index]) => index)),
      values: rows.flatMap(({ terms }) => terms.map(([, coefficient]) => coefficient)),
    },
    integrality: variables.map(({ integer }) => (integer ? variableType.integer : variableType.continuous)),
  };
  return highs.withModel(source, (model): SolverClaim => {
    model.options.set({ output_flag: false, mip_rel_gap: 0, mip_abs_gap: 0, time_limit: limitMs / 1000 });
    model.run();
    const status = model.getModelStatus();
    if (status === modelStatus.infeasible || status === modelStatus.unboundedOrInfeasible) {
      return { status: "infeasible" };
    }
    const solution = model.getSolution();
    const values = Array.from(solution.colValue);
    const duals = variables.some(({ integer }) => integer) ? [] : Array.from(solution.rowDual);
    const bound = Number(model.info.get("mip_dual_bound")) / scale;
    return {
      status: status === modelStatus.optimal ? "optimal" : "stopped",
      ...(values.length === variables.length && { values }),
      ...(Number.isFinite(bound) && { bound }),
      ...(duals.length > 0 && { duals }),
    };
  });
}
