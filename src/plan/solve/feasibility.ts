import { formulate } from "../program/formulate.js";
import type { PlanProblem } from "../question/plan-problem.js";
import { hasClosedForm, solveClosedForm } from "./closed-form.js";
import type { ProgramAnswer } from "./program-answer.js";
import { findSolution } from "./solve-program.js";

const MAX_STEPS = 20_000;

/** Whether a problem has a plan, or that this is not known after so many steps, which are the same on every machine. */
export async function feasibility(problem: PlanProblem): Promise<ProgramAnswer["status"]> {
  if (hasClosedForm(problem)) return solveClosedForm(problem) === undefined ? "infeasible" : "solved";
  return (await findSolution(formulate(problem).program, MAX_STEPS)).status;
}
