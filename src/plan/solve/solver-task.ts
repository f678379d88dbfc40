import type { IntegerProgram } from "../program/integer-program.js";
import { branchAndBound } from "./branch-and-bound.js";
import { highsLibrary } from "./highs-library.js";
import { solveWithHighs } from "./highs-solver.js";
import { solveWithJavascriptLpSolver } from "./javascript-lp-solver.js";
import type { SolveFunction, SolverName } from "./solver.js";
import type { SolverReply, SolverTask } from "./solver-protocol.js";

const SOLVERS: Readonly<Record<SolverName, SolveFunction>> = {
  highs: solveWithHighs,
  "javascript-lp-solver": solveWithJavascriptLpSolver,
};

const NOTHING: IntegerProgram = {
  direction: "min",
  variables: [{ name: "x", upper: 1, integer: true, objective: 1n }],
  rows: [{ name: "r", terms: [[0, 1n]], lower: 1n }],
  unit: "x",
};

/** Solves a program of nothing, so that loading the solver is not part of any solution's time. */
export async function warmUp(name: SolverName): Promise<void> {
  await SOLVERS[name](NOTHING, 1000, 0);
}

/** What a solver's thread answers to a task. */
export async function replyTo(name: SolverName, task: SolverTask): Promise<SolverReply> {
  try {
    return { answer: await answer(name, task) };
  } catch (error) {
    return isSolversOwn(name, error) ? { answer: undefined } : { thrown: String(error) };
  }
}

async function answer(name: SolverName, task: SolverTask): Promise<unknown> {
  const { program } = task;
  if (task.kind === "solve") return SOLVERS[name](program, task.limitMs, task.relativeGap);
  return branchAndBound(await highsLibrary(), program, task.options);
}

/** Whether it is a solver that failed, so that it answers nothing, and not this project. */
function isSolversOwn(solver: SolverName, error: unknown): boolean {
  const { name } = error instanceof Error ? error : { name: "" };
  // A RuntimeError is one of WebAssembly.
  return solver === "javascript-lp-solver" || name.startsWith("Highs") || name === "RuntimeError";
}
