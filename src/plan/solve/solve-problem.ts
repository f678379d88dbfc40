import { compactFormulation, type Formulation } from "../program/compact-formulation.js";
import { allowedConfigurations, formulate, neededOf } from "../program/formulate.js";
import { directionOf } from "../program/formulation-rows.js";
import { isBetter } from "../program/integer-program.js";
import type { Configuration } from "../question/configuration.js";
import { countsOnly, type PlanProblem } from "../question/plan-problem.js";
import { type Clock, startClock } from "./clock.js";
import { isImageKnapsack, solveImageKnapsack } from "./image-knapsack.js";
import { solveKnapsackOfSome } from "./knapsack-of-some.js";
import { isWithin, tightest, type Unsolved } from "./program-answer.js";
import { askedForFewest, solveByFewest } from "./solve-by-fewest.js";
import { DEFAULT_GAP, type SolveLimits } from "./solve-limits.js";
import { LARGE, solveProgram } from "./solve-program.js";
import { type SolvedProblem, solveInTwoStages } from "./two-stages.js";

/** The best groups of devices for a problem with the answer that they come from, or that none was found. */
export type ProblemAnswer = SolvedProblem | { readonly groups: undefined; readonly answer: Unsolved };

/**
 * Solves a problem that has no closed form: by dynamic programming where that is exact and not too much, else by the
 * compact formulation, in two stages where it has too many integers to be solved at once. Where none of these proves
 * its answer, the plan of fewest devices takes its place if it is better and the limits say so.
 */
export async function solveProblem(problem: PlanProblem, limits: SolveLimits): Promise<ProblemAnswer> {
  const { search = "or fewest" } = limits;
  const solved = await solveForBest(problem, limits);
  const isOpen = solved.groups === undefined ? solved.answer.status === "unknown" : !solved.answer.proven;
  if (!isOpen || search !== "or fewest") return solved;
  const other = await solveByFewest(problem);
  if (other === undefined) {
    const isNone = solved.groups === undefined && (await isInfeasibleByCounts(problem));
    return isNone ? { groups: undefined, answer: { status: "infeasible" } } : solved;
  }
  const { bound } = solved.answer;
  if (solved.groups !== undefined && !isBetter(directionOf(problem), other.answer.objective, solved.answer.objective)) {
    return solved;
  }
  return { groups: other.groups, answer: { ...other.answer, bound } };
}

async function solveForBest(problem: PlanProblem, limits: SolveLimits): Promise<ProblemAnswer> {
  const follows = problem.objective === "cost" || problem.objective === "energy";
  const withGap = { ...limits, gap: follows ? (limits.gap ?? DEFAULT_GAP) : 0 };
  if (countsOnly(problem)) return solveAtOnce(formulate(problem), withGap);
  const allowed = allowedConfigurations(problem);
  const needed = neededOf(problem, allowed);
  const bySums = isImageKnapsack(problem) ? byKnapsack(problem, needed) : undefined;
  if (bySums !== undefined) return bySums;
  const integers = 2 * needed.length; // how many devices, and how many mini-batches
  if (withGap.search === "steps" && integers > LARGE) return UNKNOWN;
  if (problem.maxSizes !== undefined || integers <= LARGE)
    return solveAtOnce(compactFormulation(problem, needed), withGap);
  return solveLarge(problem, allowed, needed, startClock(withGap.limitMs), withGap.gap);
}

/** The least objective of a problem if it is proven within so many steps, which are the same on every machine. */
export async function provenLeast(problem: PlanProblem): Promise<bigint | undefined> {
  const configurations = allowedConfigurations(problem);
  const bySums = isImageKnapsack(problem) ? byKnapsack(problem, neededOf(problem, configurations)) : undefined;
  if (bySums?.groups !== undefined) return bySums.answer.objective;
  const answer = await solveProgram(formulate(problem).program, { search: "steps" });
  return answer.status === "solved" && answer.proven ? answer.objective : undefined;
}

function byKnapsack(problem: PlanProblem, needed: readonly Configuration[]): ProblemAnswer | undefined {
  const answer = solveImageKnapsack(problem, needed);
  if (answer === undefined) return undefined;
  const { groups, objective } = answer;
  return groups === undefined
    ? { groups, answer: { status: "infeasible" } }
    : { groups, answer: { objective, solver: "dynamic programming", proven: true, bound: objective, hurried: false } };
}

const UNKNOWN: ProblemAnswer = { groups: undefined, answer: { status: "unknown" } };

/** Whether it is proven that no devices, whatever they cost and consume, can classify all images. */
async function isInfeasibleByCounts(problem: PlanProblem): Promise<boolean> {
  const { program } = formulate(askedForFewest(problem));
  return (await solveProgram(program, { search: "steps" })).status === "infeasible";
}

/** One method after the other until one proves its answer, else the best of all answers with the tightest bound. */
async function solveLarge(
  problem: PlanProblem,
  allowed: readonly Configuration[],
  needed: readonly Configuration[],
  clock: Clock,
  gap: number,
): Promise<ProblemAnswer> {
  const some = isImageKnapsack(problem) ? await solveKnapsackOfSome(problem, needed, gap) : undefined;
  if (some?.answer.proven) return some;
  const { solved: staged, isNear, hurried } = await solveInTwoStages(problem, allowed, clock, gap);
  if (staged !== undefined && (staged.answer.proven || (isNear && some === undefined))) return staged;
  const whole = clock.isOver()
    ? UNKNOWN
    : await solveAtOnce(compactFormulation(problem, needed), { limitMs: clock.leftMs(), gap });
  const solved = [some, staged, whole].filter((one) => one?.groups !== undefined);
  const [first] = solved;
  if (first === undefined) return whole;
  const direction = directionOf(problem);
  let best = first;
  for (const one of solved) if (isBetter(direction, one.answer.objective, best.answer.objective)) best = one;
  const bound = tightest(
    direction,
    solved.map(({ answer }) => answer.bound),
  );
  const ended = hurried || whole.groups === undefined || whole.answer.hurried;
  const proven = !ended && isWithin(best.answer.objective, bound, gap);
  return { groups: best.groups, answer: { ...best.answer, proven, bound } };
}

async function solveAtOnce({ program, decode }: Formulation, limits: SolveLimits): Promise<ProblemAnswer> {
  const answer = await solveProgram(program, limits);
  return answer.status === "solved" ? { groups: decode(answer.values), answer } : { groups: undefined, answer };
}
