import { compactFormulation, type Formulation } from "./compact-formulation.js";
import { allowedConfigurations, formulate, neededOf } from "./formulate.js";
import { countsOnly, type PlanProblem } from "./plan-problem.js";
import { better, HIGHS_LIMIT_MS, LARGE, type SolveLimits, solveProgram } from "./solve-program.js";
import { type SolvedProblem, solveInTwoStages } from "./two-stages.js";

export const DEFAULT_GAP = 0.001;

/** The best groups of devices for a problem with the answer that they come from, or that none was found. */
export type ProblemAnswer =
  | SolvedProblem
  | { readonly groups: undefined; readonly answer: { readonly status: "infeasible" | "unknown" } };

/** Solves a problem by the compact formulation: at once, or in two stages where it has too many integers for that. */
export async function solveProblem(
  problem: PlanProblem,
  limits: SolveLimits,
  withinUs = problem.timeUs,
): Promise<ProblemAnswer> {
  if (countsOnly(problem)) return solveAtOnce(formulate(problem, withinUs), limits);
  const allowed = allowedConfigurations(problem, withinUs);
  const needed = neededOf(problem, allowed);
  const integers = 2 * needed.length; // how many devices, and how many mini-batches
  const { highsMs = HIGHS_LIMIT_MS, gap = DEFAULT_GAP } = limits;
  const staged =
    problem.maxSizes === undefined && integers > LARGE
      ? await solveInTwoStages(problem, allowed, highsMs, gap)
      : undefined;
  if (staged?.answer.proven) return staged;
  const { program, decode } = compactFormulation(problem, needed);
  const whole = await solveAtOnce({ program, decode }, limits);
  if (staged === undefined) return whole;
  if (whole.groups === undefined) return staged;
  const answer = better(program, staged.answer, whole.answer) ?? staged.answer;
  return { groups: answer.values === whole.answer.values ? whole.groups : staged.groups, answer };
}

async function solveAtOnce({ program, decode }: Formulation, limits: SolveLimits): Promise<ProblemAnswer> {
  const answer = await solveProgram(program, limits);
  return answer.status === "solved" ? { groups: decode(answer.values), answer } : { groups: undefined, answer };
}
