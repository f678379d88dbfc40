import { type IntegerProgram, rowThatNothingFulfils } from "../program/integer-program.js";
import type { SearchResult } from "./branch-and-bound.js";
import { type Clock, startClock } from "./clock.js";
import { consistsOfBlocks, relaxationOf } from "./count-blocks.js";
import { searchCounts } from "./count-search.js";
import { solveCoverKnapsack } from "./cover-knapsack.js";
import { better, checked, isWithin, type ProgramAnswer, type Solved, tightest } from "./program-answer.js";
import type { SolveLimits } from "./solve-limits.js";
import { searchInThread, solveInThread } from "./solver-thread.js";

const INFEASIBLE = { status: "infeasible" } as const;
const UNKNOWN = { status: "unknown" } as const;

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
 * counts, and branch and bound with checked bounds. Where these come to no end, and not only steps are allowed, HiGHS
 * proposes, then javascript-lp-solver; what they propose counts if all constraints hold for its whole numbers in exact
 * arithmetic, and it is proven if a checked bound says so. Their own words *optimal* and *infeasible* prove nothing,
 * nor does anything that the clock ended.
 *
 * @param limits "or fewest" is the same as "time": a program does not say which plan has the fewest devices
 */
export async function solveProgram(program: IntegerProgram, limits: SolveLimits = {}): Promise<ProgramAnswer> {
  const { gap = 0, search, limitMs } = limits;
  const clock = startClock(search === "steps" ? Number.POSITIVE_INFINITY : limitMs);
  if (rowThatNothingFulfils(program) !== undefined) return INFEASIBLE;
  let found: Found = { best: undefined, bound: undefined, hurried: false };
  for (const method of search === "steps" ? IN_STEPS : [...IN_STEPS, byProposals]) {
    const next = await method(program, found, { clock, gap });
    if (next === "infeasible") return INFEASIBLE;
    found = next;
    const { best, hurried } = found;
    if (best === undefined) continue;
    if (best.proven || (!hurried && isWithin(best.objective, best.bound, gap))) return { ...best, proven: true };
  }
  const { best, bound, hurried } = found;
  return best === undefined ? { status: "unknown", bound } : { ...best, hurried };
}

/** What is known of a program after some methods. */
interface Found {
  readonly best: Solved | undefined;
  /** No solution is better; known also where none was found. */
  readonly bound: bigint | undefined;
  /** Whether the clock ended a method: then what follows is not called proven. */
  readonly hurried: boolean;
}

interface MethodLimits {
  readonly clock: Clock;
  readonly gap: number;
}

/** Adds to what was found before it, or finds that there is no solution. */
type ProgramMethod = (program: IntegerProgram, before: Found, limits: MethodLimits) => Promise<Found | "infeasible">;

/** The methods that end after so many steps. */
const IN_STEPS: readonly ProgramMethod[] = [bySearch, byBranchAndBound];

async function bySearch(program: IntegerProgram, before: Found): Promise<Found | "infeasible"> {
  const answer = await searchedAnswer(program, MAX_SEARCH_STEPS);
  if (answer?.status === "infeasible") return "infeasible";
  return answer?.status === "solved" ? { ...before, best: answer, bound: answer.bound } : before;
}

async function byBranchAndBound(program: IntegerProgram, _before: Found, { clock }: MethodLimits) {
  const options = { maxNodes: MAX_NODES[sizeOf(program)], limitMs: clock.leftMs() };
  const { status, ...result } = await searchInThread(program, options);
  if (status === "infeasible") return status;
  return { best: solvedBy(program, { status, ...result }), bound: result.bound, hurried: result.hurried };
}

/** What the solvers propose, then branch and bound: it finds something better, or a bound that proves the proposal. */
async function byProposals(program: IntegerProgram, before: Found, { clock, gap }: MethodLimits) {
  const proposal = await proposed(program, clock, gap, before.best);
  const result = await searchInThread(program, {
    maxNodes: MAX_NODES.after[sizeOf(program)],
    limitMs: clock.leftMs(),
    gap,
    ...(proposal.best && { known: proposal.best.objective }),
  });
  if (result.status === "infeasible") return result.status;
  const bound = tightest(program, [before.bound, result.bound]);
  const best = better(program, proposal.best, solvedBy(program, result), [bound]);
  const hurried = before.hurried || proposal.hurried || result.hurried;
  return { best: best && { ...best, proven: false }, bound, hurried };
}

/**
 * Any solution, or that there is none; `unknown` after so many steps, which are the same on every machine.
 *
 * @param maxSteps of the search over counts; branch and bound takes one relaxation for as many as there are variables,
 *   and at least a hundred
 */
export async function findSolution(program: IntegerProgram, maxSteps: number): Promise<ProgramAnswer> {
  if (rowThatNothingFulfils(program) !== undefined) return INFEASIBLE;
  const counted = await searchedAnswer(program, maxSteps);
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
  const counted = await searchedAnswer(program, MAX_SEARCH_STEPS);
  if (counted?.status === "solved") return counted.objective;
  const options = { maxNodes: MAX_NODES.large, limitMs: Number.POSITIVE_INFINITY };
  return (await searchInThread(program, options)).bound;
}

function sizeOf({ variables }: IntegerProgram): "small" | "large" {
  return variables.filter(({ integer }) => integer).length > LARGE ? "large" : "small";
}

/** What the solvers propose, HiGHS first, and whether the clock ended one of them. */
async function proposed(program: IntegerProgram, clock: Clock, gap: number, before: Solved | undefined) {
  const highs = await solveInThread("highs", program, clock.leftMs(), gap / 4);
  const best = better(program, before, checked(program, "highs", highs));
  if (highs.status !== "stopped") return { best, hurried: false };
  const other = await solveInThread("javascript-lp-solver", program, clock.leftMs());
  return { best: better(program, best, checked(program, "javascript-lp-solver", other)), hurried: true };
}

/**
 * The answer of the dynamic program or the search over counts.
 *
 * @returns undefined if the program is too small for them or not made like that
 */
async function searchedAnswer(program: IntegerProgram, maxSteps: number): Promise<ProgramAnswer | undefined> {
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
