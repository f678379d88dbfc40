import { type IntegerProgram, isBetter, objectiveOf, violatedRow, wholeValues } from "../program/integer-program.js";
import type { SolverClaim, SolverName } from "./solver.js";

/** What can give a program's solution. */
export type Method =
  | SolverName
  | "fewest devices"
  | "count search"
  | "branch and bound"
  | "dynamic programming"
  | "two stages";

/** An answer after it was checked. */
export type ProgramAnswer =
  | {
      readonly status: "solved";
      readonly values: readonly number[];
      readonly objective: bigint;
      readonly solver: Method;
      readonly proven: boolean;
      /** No solution is better than this: checked, or undefined where nothing is known. */
      readonly bound: bigint | undefined;
      /** Whether the clock ended something on the way. */
      readonly hurried: boolean;
    }
  | Unsolved;

/** No answer. A bound can be known all the same. */
export interface Unsolved {
  readonly status: "infeasible" | "unknown";
  readonly bound?: bigint | undefined;
}

export type Solved = Extract<ProgramAnswer, { status: "solved" }>;

/**
 * What a claim is worth: its whole numbers, if they fulfil every row exactly. It proves nothing.
 *
 * @returns undefined if the claim holds no solution, or one that is none
 */
export function checked(program: IntegerProgram, solver: Method, claim: SolverClaim): Solved | undefined {
  const values = claim.values && wholeValues(program, claim.values);
  if (values === undefined || violatedRow(program, values) !== undefined) return undefined;
  const objective = objectiveOf(program, values);
  return { status: "solved", values, objective, solver, proven: false, bound: undefined, hurried: false };
}

/** The better of two answers, the first of equal ones, with the tightest of all bounds. */
export function better(
  program: IntegerProgram,
  a: Solved | undefined,
  b: Solved | undefined,
  bounds: readonly (bigint | undefined)[] = [],
): Solved | undefined {
  const chosen = a !== undefined && (b === undefined || !isBetter(program, b.objective, a.objective)) ? a : b;
  if (chosen === undefined) return undefined;
  return { ...chosen, bound: tightest(program, [a?.bound, b?.bound, ...bounds]) };
}

/** Of bounds that all hold the one that says most; undefined where none is known. */
export function tightest(
  direction: Pick<IntegerProgram, "direction">,
  bounds: readonly (bigint | undefined)[],
): bigint | undefined {
  let tight: bigint | undefined;
  for (const bound of bounds) {
    if (bound !== undefined && (tight === undefined || isBetter(direction, tight, bound))) tight = bound;
  }
  return tight;
}

/** Whether an objective is as near to its bound as a share says. */
export function isWithin(objective: bigint, bound: bigint | undefined, gap: number): boolean {
  if (bound === undefined) return false;
  const distance = Number(objective > bound ? objective - bound : bound - objective);
  return distance <= gap * Math.abs(Number(objective));
}
