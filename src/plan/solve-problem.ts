import { withinCaps } from "./cap-limits.js";
import type { Group } from "./compact-formulation.js";
import { configurationsOf } from "./configuration.js";
import { formulate } from "./formulate.js";
import { countsOnly, type PlanProblem } from "./plan-problem.js";
import { better, HIGHS_LIMIT_MS, LARGE, type Solved, type SolveLimits, solveProgram } from "./solve-program.js";
import { solveInTwoStages } from "./two-stages.js";

const GAP = 0.001;

/** The best groups of devices for a problem, with the answer that they come from. */
export type ProblemAnswer =
  | { readonly groups: readonly Group[]; readonly answer: Solved }
  | { readonly groups: undefined; readonly answer: { readonly status: "infeasible" | "unknown" } };

/** Solves a problem by the compact formulation: at once, or in two stages where it has too many integers for that. */
export async function solveProblem(
  problem: PlanProblem,
  limits: SolveLimits,
  withinUs = problem.timeUs,
): Promise<ProblemAnswer> {
  const { program, decode } = formulate(problem, withinUs);
  const staged =
    countsOnly(problem) || problem.maxSizes !== undefined || program.variables.length <= LARGE
      ? undefined
      : await solveInTwoStages(
          problem,
          withinCaps(problem, configurationsOf(problem, withinUs)),
          limits.highsMs ?? HIGHS_LIMIT_MS,
          limits.gap ?? GAP,
        );
  if (staged?.answer.proven) return staged;
  const answer = await solveProgram(program, limits);
  if (answer.status !== "solved") return staged ?? { groups: undefined, answer };
  if (staged === undefined) return { groups: decode(answer.values), answer };
  const best = better(program, staged.answer, answer);
  return best === undefined || best.values === staged.answer.values
    ? { ...staged, answer: best ?? staged.answer }
    : { groups: decode(answer.values), answer: best };
}
