import type { IntegerProgram } from "../program/integer-program.js";

export const SOLVER_NAMES = ["javascript-lp-solver", "highs"] as const;
export type SolverName = (typeof SOLVER_NAMES)[number];

/** What a solver claims: nothing of it is believed before it has been checked. */
export interface SolverClaim {
  readonly status: "optimal" | "infeasible" | "stopped";
  /** One value for each variable, if it has any. */
  readonly values?: readonly number[];
  /** One multiplier for each row of a program without integers, if it tells them. */
  readonly duals?: readonly number[];
}

/**
 * What every solver is to this project.
 *
 * @param relativeGap how far from its bound an optimal answer may be, for solvers that can stop there
 */
export type SolveFunction = (program: IntegerProgram, limitMs: number, relativeGap: number) => Promise<SolverClaim>;
