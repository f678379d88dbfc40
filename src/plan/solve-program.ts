import { consistsOfBlocks, relaxationOf } from "./count-blocks.js";
import { searchCounts } from "./count-search.js";
import {
  type IntegerProgram,
  objectiveOf,
  rowThatNothingFulfils,
  violatedRow,
  wholeValues,
} from "./integer-program.js";
import { provesInfeasible } from "./prove-infeasible.js";
import { SOLVER_NAMES, type SolverClaim, type SolverName } from "./solver.js";
import { solveInThread } from "./solver-thread.js";

/** A solver's answer after it was checked. */
export type ProgramAnswer =
  | {
      readonly status: "solved";
      readonly values: readonly number[];
      readonly objective: bigint;
      readonly solver: SolverName | typeof COUNT_SEARCH;
      readonly proven: boolean;
      /** No solution is better than this. */
      readonly bound: number | undefined;
    }
  | { readonly status: "infeasible" }
  | { readonly status: "unknown" };

export type Solved = Extract<ProgramAnswer, { status: "solved" }>;

export interface SolveLimits {
  /** For each solver. */
  readonly defaultMs?: number;
  readonly highsMs?: number;
  /**
   * How far from its bound, as a share, an answer counts as proven where cost or energy follow from the mini-batches.
   * Default: 0.001.
   */
  readonly gap?: number;
  /** For the search over counts; undefined where it may be followed by the solvers. */
  readonly searchOnlySteps?: number;
  /** Whether any solution will do, however good. Default: false. */
  readonly anySolution?: boolean;
  /** Whether one solver's *infeasible* is enough, where a wrong one does no harm. Default: false. */
  readonly believeInfeasible?: boolean;
}

const COUNT_SEARCH = "count search";
const DEFAULT_LIMIT_MS = 50;
export const HIGHS_LIMIT_MS = 10_000;
/** Beyond so many integers javascript-lp-solver seldom comes back in time. */
export const LARGE = 100;
/** From so many integers on the search over counts is asked first. */
const SEARCHED = 8;
/** Some 0.1 s. */
const MAX_SEARCH_STEPS = 2_000_000;

/**
 * Asks one solver after the other until one gives a checked answer that it claims to be optimal.
 *
 * An answer counts only if all constraints hold for its whole numbers in exact arithmetic; *infeasible* only if a row
 * alone proves it, two solvers say so, or one does and a sum of rows proves it.
 */
export async function solveProgram(program: IntegerProgram, limits: SolveLimits = {}): Promise<ProgramAnswer> {
  if (rowThatNothingFulfils(program) !== undefined) return { status: "infeasible" };
  const limitMs = {
    "javascript-lp-solver": limits.defaultMs ?? DEFAULT_LIMIT_MS,
    highs: limits.highsMs ?? HIGHS_LIMIT_MS,
  };
  const searched = await bySearch(program, limitMs.highs, limits);
  const final = searched?.status !== "unknown" || limits.searchOnlySteps !== undefined;
  if (searched !== undefined && final) return searched;
  const large = program.variables.filter(({ integer }) => integer).length > LARGE;
  const order = large ? SOLVER_NAMES.toReversed() : SOLVER_NAMES;
  let best: Solved | undefined;
  let infeasible = 0;
  for (const name of order) {
    const claim = await solveInThread(name, program, limitMs[name]);
    if (claim.status === "infeasible") infeasible++;
    if (infeasible > 0 && limits.believeInfeasible) return { status: "infeasible" };
    best = better(program, best, checked(program, name, claim));
    if (best !== undefined && (best.proven || limits.anySolution)) return best;
  }
  if (best !== undefined) return best;
  const proven = infeasible === order.length || (infeasible > 0 && (await provesInfeasible(program, limitMs.highs)));
  return { status: proven ? "infeasible" : "unknown" };
}

/**
 * The answer of the search over counts. That there is none is believed if its relaxation's rows prove it, or if HiGHS says
 * so, too.
 *
 * @returns undefined if the program is too small for it or not made like that
 */
async function bySearch(
  program: IntegerProgram,
  limitMs: number,
  { searchOnlySteps = MAX_SEARCH_STEPS, believeInfeasible = false }: SolveLimits,
): Promise<ProgramAnswer | undefined> {
  if (program.variables.length < SEARCHED || !consistsOfBlocks(program)) return undefined;
  const infeasible = (proven: boolean) => ({ status: proven ? "infeasible" : "unknown" }) as const;
  const { status, duals } = await solveInThread("highs", relaxationOf(program), limitMs);
  if (status === "infeasible") return infeasible(believeInfeasible || (await provesInfeasible(program, limitMs)));
  if (duals === undefined) return { status: "unknown" };
  const claim = searchCounts(program, duals, searchOnlySteps);
  if (claim.status === "infeasible") {
    return infeasible(believeInfeasible || (await solveInThread("highs", program, limitMs)).status === "infeasible");
  }
  return checked(program, COUNT_SEARCH, claim) ?? { status: "unknown" };
}

/** @returns undefined if the claim holds no solution, or one that is none */
export function checked(program: IntegerProgram, solver: Solved["solver"], claim: SolverClaim): Solved | undefined {
  const values = claim.values && wholeValues(program, claim.values);
  if (values === undefined || violatedRow(program, values) !== undefined) return undefined;
  const objective = objectiveOf(program, values);
  const proven = claim.status === "optimal" && !isBeaten(program, objective, claim.bound);
  return { status: "solved", values, objective, solver, proven, bound: proven ? Number(objective) : claim.bound };
}

/** Whether a solver's own bound leaves room for a better answer than the one that it calls optimal. */
function isBeaten({ direction }: IntegerProgram, objective: bigint, bound: number | undefined): boolean {
  if (bound === undefined) return false;
  const room = direction === "min" ? Number(objective) - bound : bound - Number(objective);
  return room >= Math.max(1, 1e-9 * Math.abs(bound)); // objectives are whole numbers
}

/** The better of two answers, with the tighter of their bounds. */
export function better(
  { direction }: IntegerProgram,
  a: Solved | undefined,
  b: Solved | undefined,
): Solved | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const first = direction === "min" ? a.objective <= b.objective : a.objective >= b.objective;
  const chosen = first ? a : b;
  const bounds = [a.bound, b.bound].filter((bound) => bound !== undefined);
  if (bounds.length === 0) return chosen;
  const bound = direction === "min" ? Math.max(...bounds) : Math.min(...bounds);
  const proven = chosen.proven || (a.objective === b.objective && (a.proven || b.proven));
  return { ...chosen, proven, bound };
}
