import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toLpFormat, toMpsFormat } from "../../src/plan/program/export-program.js";
import { formulate } from "../../src/plan/program/formulate.js";
import type { IntegerProgram } from "../../src/plan/program/integer-program.js";
import { literalFormulation } from "../../src/plan/program/literal-formulation.js";
import { configurationsOf } from "../../src/plan/question/configuration.js";
import type { PlanProblem } from "../../src/plan/question/plan-problem.js";
import { bestValue } from "./exhaustive.js";
import type { OtherSolver, Solution } from "./other-solvers.js";

/**
 * Solvers print 6 to 12 digits and let a row be violated by about 1e-7 of its limit: relative to the objective, and to
 * a cap that the best plan meets exactly or misses by less.
 */
export const TOLERANCE = 1e-6;

/** Something that another solver makes of an exported program and that is not the best value. */
export interface ExportFailure {
  readonly solver: string;
  readonly format: "lp" | "mps";
  readonly formulation: "compact" | "literal";
  readonly detail: string;
}

/**
 * Has every solver read the programs of a question in every format and compares their optimum with the best of all
 * plans.
 *
 * @param best as `bestValue` gives it
 */
export async function judgeExports(
  problem: PlanProblem,
  best: bigint | undefined,
  solvers: readonly OtherSolver[],
): Promise<ExportFailure[]> {
  const failures: ExportFailure[] = [];
  const allowed = [best, ...nearbyBests(problem)];
  const folder = mkdtempSync(join(tmpdir(), "batchwise-proofs-"));
  try {
    for (const formulation of ["compact", "literal"] as const) {
      if (formulation === "literal" && !hasLiteral(problem)) continue;
      const program = programOf(problem, formulation);
      for (const solver of solvers) {
        const text = solver.format === "lp" ? toLpFormat(program) : toMpsFormat(program);
        const solution = await solver.solve(text, folder);
        const negated = solver.format === "mps" && program.direction === "max";
        const details = allowed.map((value) => wrongOf(solution, value, negated));
        const detail = details.includes(undefined) ? undefined : details[0];
        if (detail !== undefined) failures.push({ solver: solver.name, format: solver.format, formulation, detail });
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return failures;
}

/** The best values where the caps are a solver's tolerance wider or narrower. */
function nearbyBests({ caps, ...problem }: PlanProblem): (bigint | undefined)[] {
  if (caps === undefined) return [];
  return [1 + TOLERANCE, 1 - TOLERANCE].map((factor) => {
    const nearby = Object.entries(caps).map(([name, value]) => [name, name === "devices" ? value : value * factor]);
    return bestValue({ ...problem, caps: Object.fromEntries(nearby) });
  });
}

function programOf(problem: PlanProblem, formulation: "compact" | "literal"): IntegerProgram {
  return formulation === "compact"
    ? formulate(problem).program
    : literalFormulation(problem, configurationsOf(problem)).program;
}

/** Whether the study's lines say what a question asks. */
function hasLiteral({ objective, workloads, timeUs, caps, maxSizes, shorterLast }: PlanProblem): boolean {
  const studied = objective === "devices" || objective === "images";
  return studied && workloads.length === 1 && timeUs !== "none" && !caps && maxSizes === undefined && !shorterLast;
}

function wrongOf(solution: Solution, best: bigint | undefined, negated: boolean): string | undefined {
  if (solution.status === "failed") return `failed: ${solution.detail}`;
  // A question for most images that asks for none has no plan, but a program: no device, no image.
  if (solution.status === "infeasible") return best === undefined ? undefined : `infeasible, the best is ${best}`;
  const value = negated ? -solution.value : solution.value;
  if (best === undefined) return value === 0 ? undefined : `${value} where there is no plan`;
  const close = Math.abs(value - Number(best)) <= TOLERANCE * Math.abs(Number(best));
  return close ? undefined : `${value}, the best is ${best}`;
}
