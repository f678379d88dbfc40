import type { Highs, Model } from "highs";
import { type IntegerProgram, scaleOf } from "../program/integer-program.js";

/** What a relaxation says between given bounds of its variables. Nothing of it is exact. */
export type RelaxationAnswer =
  | { readonly status: "optimal"; readonly values: Float64Array; readonly multipliers: Float64Array }
  | { readonly status: "infeasible"; readonly multipliers: Float64Array }
  | { readonly status: "unknown" };

/** A program without its integers in HiGHS, solved again and again from where it stood. */
export interface RelaxationModel {
  solve(lower: Float64Array, upper: Float64Array): RelaxationAnswer;
}

/** Rows and objective are given to HiGHS with their largest coefficient about 1 and this. */
const OBJECTIVE_SCALE = 1e4;

/** Opens the relaxation of a program (which is minimised) for as long as a function works with it. */
export function withRelaxation<Result>(
  highs: Highs,
  program: IntegerProgram,
  work: (relaxation: RelaxationModel) => Result,
): Result {
  const { variables, rows, direction } = program;
  const sign = direction === "min" ? 1 : -1;
  const objectiveScale = OBJECTIVE_SCALE / scaleOf(variables.map(({ objective }) => objective));
  const rowScales = rows.map(({ terms }) => 1 / scaleOf(terms.map(([, coefficient]) => coefficient)));
  const starts = [0];
  for (const { terms } of rows) starts.push((starts.at(-1) ?? 0) + terms.length);
  const side = (value: bigint | undefined, none: number, scale: number) =>
    value === undefined ? none : Number(value) * scale;
  const source = {
    numCols: variables.length,
    numRows: rows.length,
    sense: highs.constants.objectiveSense.minimize,
    colCost: variables.map(({ objective }) => sign * Number(objective) * objectiveScale),
    colLower: variables.map(() => 0),
    colUpper: variables.map(({ upper }) => (upper === Number.POSITIVE_INFINITY ? highs.infinity : upper)),
    rowLower: rows.map(({ lower }, row) => side(lower, -highs.infinity, rowScales[row] ?? 1)),
    rowUpper: rows.map(({ upper }, row) => side(upper, highs.infinity, rowScales[row] ?? 1)),
    matrix: {
      format: "csr" as const,
      numRows: rows.length,
      numCols: variables.length,
      starts,
      indices: rows.flatMap(({ terms }) => terms.map(([variable]) => variable)),
      values: rows.flatMap(({ terms }, row) =>
        terms.map(([, coefficient]) => Number(coefficient) * (rowScales[row] ?? 1)),
      ),
    },
  };
  return highs.withModel(source, (model) => {
    model.options.set({ output_flag: false, presolve: "off" });
    return work(relaxationIn(highs, model, source.colUpper, rowScales, objectiveScale));
  });
}

function relaxationIn(
  { constants, infinity }: Highs,
  model: Model,
  startUpper: readonly number[],
  rowScales: readonly number[],
  objectiveScale: number,
): RelaxationModel {
  const low = new Float64Array(startUpper.length);
  const high = Float64Array.from(startUpper);
  const unscaled = (values: Float64Array, scale: number) =>
    Float64Array.from(rowScales, (rowScale, row) => ((values[row] ?? 0) * rowScale) / scale);
  return {
    solve(lower, upper) {
      for (let variable = 0; variable < low.length; variable++) {
        const [least = 0, most = 0] = [lower[variable], upper[variable]];
        if (low[variable] === least && high[variable] === most) continue;
        low[variable] = least;
        high[variable] = most;
        model.changeColBounds(variable, least, most === Number.POSITIVE_INFINITY ? infinity : most);
      }
      model.run();
      const status = model.getModelStatus();
      if (status === constants.modelStatus.optimal) {
        const { colValue, rowDual } = model.getSolution();
        return { status: "optimal", values: colValue, multipliers: unscaled(rowDual, objectiveScale) };
      }
      const ray = status === constants.modelStatus.infeasible ? model.getDualRay() : undefined;
      return ray === undefined ? { status: "unknown" } : { status: "infeasible", multipliers: unscaled(ray.values, 1) };
    },
  };
}
