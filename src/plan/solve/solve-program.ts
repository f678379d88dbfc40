import {
  type IntegerProgram,
  isBetter,
  objectiveOf,
  rowThatNothingFulfils,
  violatedRow,
  wholeValues,
} from "../program/integer-program.js";
import type { SearchResult } from "./branch-and-bound.js";
import { consistsOfBlocks, relaxationOf } from "./count-blocks.js";
import { searchCounts } from "./count-search.js";
import { solveCoverKnapsack } from "./cover-knapsack.js";
import type { SolverClaim, SolverName } from "./solver.js";
import { searchInThread, solveInThread } from "./solver-thread.js";

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

const INFEASIBLE = { status: "infeasible" } as const;
const UNKNOWN = { status: "unknown" } as const;

export type Solved = Extract<ProgramAnswer, { status: "solved" }>;

export interface SolveLimits {
  /** For all solvers and searches together. What it ends is not proven. Default: 10 s. */
  readonly limitMs?: number;
  /**
   * How far from its bound, as a share, an answer counts as proven where cost or energy follow from the mini-batches.
   * Default: 0.001.
   */
  readonly gap?: number;
  /** Only methods that end after so many steps: the same answer on every machine, or none. Default: false. */
  readonly stepsOnly?: boolean;
  /** Whether a plan of fewest devices stands in for an answer that is worse and not proven. Default: true. */
  readonly standIn?: boolean;
}

export const DEFAULT_LIMIT_MS = 10_000;
export const DEFAULT_GAP = 0.001;
/** Beyond so many integers branch and bound only looks for a bound before it has a solution to compare with. */
export const LARGE = 100;
/** From so many integers on the search over counts is asked first. */
const SEARCHED = 8;
/** Some 0.2 s. */
const MAX_SEARCH_STEPS = 10_000_000;
/** Of branch and bound before and after the solvers were asked: some seconds at most. */
const MAX_NODES = { small: 2000, large: 50, after: { small: 20_000, large: 2000 } };

/**
 * Finds the best solution and proves it.
 *
 * First the methods that prove what they find and that end after so many steps, whatever the machine: the search over
 * counts, and branch and bound with checked bounds. Where these come to no end HiGHS proposes, then javascript-lp-solver;
 * what they propose counts if all constraints hold for its whole numbers in exact arithmetic, and it is proven if a
 * checked bound says so. Their own words *optimal* and *infeasible* prove nothing, nor does anything that the clock ended.
 */
export async function solveProgram(program: IntegerProgram, limits: SolveLimits = {}): Promise<ProgramAnswer> {
  const { limitMs = DEFAULT_LIMIT_MS, gap = 0, stepsOnly = false } = limits;
  const clock = startClock(stepsOnly ? Number.POSITIVE_INFINITY : limitMs);
  if (rowThatNothingFulfils(program) !== undefined) return INFEASIBLE;
  const counted = await bySearch(program, MAX_SEARCH_STEPS);
  if (counted !== undefined && counted.status !== "unknown") return counted;
  const size = isLarge(program) ? "large" : "small";
  const first = await searchInThread(program, { maxNodes: MAX_NODES[size], limitMs: clock.leftMs() });
  if (first.status === "infeasible") return INFEASIBLE;
  const own = solvedBy(program, first);
  if (own?.proven) return own;
  if (own !== undefined && !first.hurried && isWithin(own.objective, own.bound, gap)) return { ...own, proven: true };
  if (stepsOnly) return own ?? UNKNOWN;
  const { best, hurried } = await proposed(program, clock, gap, own);
  const known = best && { known: best.objective };
  const last = await searchInThread(program, {
    maxNodes: MAX_NODES.after[size],
    limitMs: clock.leftMs(),
    gap,
    ...known,
  });
  if (last.status === "infeasible") return INFEASIBLE;
  const bound = tightest(program, [first.bound, last.bound]);
  const answer = better(program, best, solvedBy(program, last), [bound]);
  if (answer === undefined) return { status: "unknown", bound };
  const ended = first.hurried || hurried || last.hurried;
  return { ...answer, hurried: ended, proven: !ended && isWithin(answer.objective, answer.bound, gap) };
}

/**
 * Any solution, or that there is none; `unknown` after so many steps, which are the same on every machine.
 *
 * @param maxSteps of the search over counts; branch and bound takes one relaxation for as many as there are variables, and
 *   at least a hundred
 */
export async function findSolution(program: IntegerProgram, maxSteps: number): Promise<ProgramAnswer> {
  if (rowThatNothingFulfils(program) !== undefined) return INFEASIBLE;
  const counted = await bySearch(program, maxSteps);
  if (counted !== undefined && counted.status !== "unknown") return counted;
  const result = await searchInThread(program, {
    maxNodes: Math.ceil(maxSteps / Math.max(LEAST_STEPS_PER_NODE, program.variables.length)),
    limitMs: Number.POSITIVE_INFINITY,
    anySolution: true,
  });
  if (result.status === "infeasible") return INFEASIBLE;
  return solvedBy(program, result) ?? UNKNOWN;
}

const LEAST_STEPS_PER_NODE = 100;

/** The least objective of a program, proven, or a bound of it; undefined if none is found within so many steps. */
export async function leastObjective(program: IntegerProgram): Promise<bigint | undefined> {
  const counted = await bySearch(program, MAX_SEARCH_STEPS);
  if (counted?.status === "solved") return counted.objective;
  const options = { maxNodes: MAX_NODES.large, limitMs: Number.POSITIVE_INFINITY };
  return (await searchInThread(program, options)).bound;
}

function isLarge({ variables }: IntegerProgram): boolean {
  return variables.filter(({ integer }) => integer).length > LARGE;
}

/** Whether an objective is as near to its bound as a share says. */
export function isWithin(objective: bigint, bound: bigint | undefined, gap: number): boolean {
  if (bound === undefined) return false;
  const distance = Number(objective > bound ? objective - bound : bound - objective);
  return distance <= gap * Math.abs(Number(objective));
}

/** How much of a time limit is left: at least so little that an answer can say that it was ended. */
export interface Clock {
  leftMs(): number;
  isOver(): boolean;
}

export function startClock(limitMs: number): Clock {
  const endMs = performance.now() + limitMs;
  return { leftMs: () => Math.max(1, endMs - performance.now()), isOver: () => performance.now() >= endMs };
}

/** What the solvers propose, HiGHS first, and whether the clock ended one of them. */
async function proposed(program: IntegerProgram, clock: Clock, gap: number, own: Solved | undefined) {
  const highs = await solveInThread("highs", program, clock.leftMs(), gap / 4);
  const best = better(program, own, checked(program, "highs", highs));
  if (highs.status !== "stopped") return { best, hurried: false };
  const other = await solveInThread("javascript-lp-solver", program, clock.leftMs());
  return { best: better(program, best, checked(program, "javascript-lp-solver", other)), hurried: true };
}

/**
 * The answer of the dynamic program or the search over counts.
 *
 * @returns undefined if the program is too small for them or not made like that
 */
async function bySearch(program: IntegerProgram, maxSteps: number): Promise<ProgramAnswer | undefined> {
  if (program.variables.length < SEARCHED) return undefined;
  const knapsack = solveCoverKnapsack(program);
  if (knapsack?.status === "infeasible") return INFEASIBLE;
  const summed = knapsack && checked(program, "dynamic programming", knapsack);
  if (summed !== undefined) return { ...summed, proven: true, bound: summed.objective };
  if (!consistsOfBlocks(program)) return undefined;
  const { duals } = await solveInThread("highs", relaxationOf(program), Number.POSITIVE_INFINITY);
  if (duals === undefined) return UNKNOWN;
  const claim = searchCounts(program, duals, maxSteps);
  const answer = claim.status === "optimal" ? checked(program, "count search", claim) : undefined;
  return answer === undefined ? UNKNOWN : { ...answer, proven: true, bound: answer.objective };
}

function solvedBy(program: IntegerProgram, { status, values, bound }: SearchResult): Solved | undefined {
  const answer = values && checked(program, "branch and bound", { status: "optimal", values });
  return answer && { ...answer, proven: status === "optimal" && bound === answer.objective, bound };
}

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
function better(
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
