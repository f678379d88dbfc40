import { compactFormulation, type Formulation } from "./compact-formulation.js";
import type { Configuration } from "./configuration.js";
import { allowedConfigurations, formulate, neededOf } from "./formulate.js";
import { isImageKnapsack, solveImageKnapsack } from "./image-knapsack.js";
import { isBetter } from "./integer-program.js";
import { countsOnly, type PlanProblem } from "./plan-problem.js";
import {
  DEFAULT_GAP,
  DEFAULT_LIMIT_MS,
  isWithin,
  LARGE,
  type SolveLimits,
  solveProgram,
  startClock,
} from "./solve-program.js";
import { type SolvedProblem, solveInTwoStages } from "./two-stages.js";

/** The best groups of devices for a problem with the answer that they come from, or that none was found. */
export type ProblemAnswer =
  | SolvedProblem
  | { readonly groups: undefined; readonly answer: { readonly status: "infeasible" | "unknown" } };

/**
 * Solves a problem that has no closed form: by dynamic programming where that is exact and not too much, else by the
 * compact formulation, in two stages where it has too many integers to be solved at once.
 */
export async function solveProblem(problem: PlanProblem, limits: SolveLimits): Promise<ProblemAnswer> {
  if (countsOnly(problem)) return solveAtOnce(formulate(problem), { ...limits, gap: 0 });
  const allowed = allowedConfigurations(problem);
  const needed = neededOf(problem, allowed);
  const bySums = isImageKnapsack(problem) ? byKnapsack(problem, needed) : undefined;
  if (bySums !== undefined) return bySums;
  const follows = problem.objective === "cost" || problem.objective === "energy";
  const own = { ...limits, gap: follows ? (limits.gap ?? DEFAULT_GAP) : 0 };
  const integers = 2 * needed.length; // how many devices, and how many mini-batches
  if (problem.maxSizes !== undefined || integers <= LARGE) return solveAtOnce(compactFormulation(problem, needed), own);
  return solveLarge(problem, allowed, needed, own);
}

function byKnapsack(problem: PlanProblem, needed: readonly Configuration[]): ProblemAnswer | undefined {
  const answer = solveImageKnapsack(problem, needed);
  if (answer === undefined) return undefined;
  const { groups, objective } = answer;
  return groups === undefined
    ? { groups, answer: { status: "infeasible" } }
    : { groups, answer: { objective, solver: "dynamic programming", proven: true, bound: objective } };
}

async function solveLarge(
  problem: PlanProblem,
  allowed: readonly Configuration[],
  needed: readonly Configuration[],
  limits: SolveLimits & { readonly gap: number },
): Promise<ProblemAnswer> {
  const { limitMs = DEFAULT_LIMIT_MS, gap } = limits;
  const clock = startClock(limitMs);
  const { solved: staged, hurried } = await solveInTwoStages(problem, allowed, clock, gap);
  if (staged?.answer.proven) return staged;
  const { program, decode } = compactFormulation(problem, needed);
  const whole = await solveAtOnce({ program, decode }, { limitMs: clock.leftMs(), gap });
  if (staged === undefined || whole.groups === undefined) {
    return staged ?? (hurried && whole.groups !== undefined ? unproven(whole) : whole);
  }
  const chosen = isBetter(program, staged.answer.objective, whole.answer.objective) ? staged : whole;
  const bounds = [staged.answer.bound, whole.answer.bound].filter((bound) => bound !== undefined);
  const bound = bounds.reduce((a, b) => (isBetter(program, a, b) ? b : a), bounds[0] ?? 0n);
  const known = bounds.length > 0 ? bound : undefined;
  const proven = !hurried && isWithin(chosen.answer.objective, known, gap);
  return { ...chosen, answer: { ...chosen.answer, proven, bound: known } };
}

function unproven(solved: SolvedProblem): SolvedProblem {
  return { ...solved, answer: { ...solved.answer, proven: false } };
}

async function solveAtOnce({ program, decode }: Formulation, limits: SolveLimits): Promise<ProblemAnswer> {
  const answer = await solveProgram(program, limits);
  return answer.status === "solved" ? { groups: decode(answer.values), answer } : { groups: undefined, answer };
}
