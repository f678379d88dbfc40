// A thread with one solver in it, so that a solver that does not come back can be stopped.
import { parentPort, workerData } from "node:worker_threads";
import type { IntegerProgram } from "../program/integer-program.js";
import { branchAndBound } from "./branch-and-bound.js";
import { highsLibrary } from "./highs-library.js";
import { solveWithHighs } from "./highs-solver.js";
import { solveWithJavascriptLpSolver } from "./javascript-lp-solver.js";
import type { SolveFunction, SolverName } from "./solver.js";
import type { SolverReply, SolverTask } from "./solver-protocol.js";

const solve: SolveFunction = (workerData as SolverName) === "highs" ? solveWithHighs : solveWithJavascriptLpSolver;

/** Once, so that loading the solver is not part of any solution's time. */
const NOTHING: IntegerProgram = {
  direction: "min",
  variables: [{ name: "x", upper: 1, integer: true, objective: 1n }],
  rows: [{ name: "r", terms: [[0, 1n]], lower: 1n }],
  unit: "x",
};
await solve(NOTHING, 1000, 0);

/** Whether it is a solver that failed, so that it answers nothing, and not this project. */
function isSolversOwn(error: unknown): boolean {
  const { name } = error instanceof Error ? error : { name: "" };
  // A RuntimeError is one of WebAssembly.
  return workerData === "javascript-lp-solver" || name.startsWith("Highs") || name === "RuntimeError";
}

async function answer(task: SolverTask): Promise<unknown> {
  const { program } = task;
  if (task.kind === "solve") return solve(program, task.limitMs, task.relativeGap);
  return branchAndBound(await highsLibrary(), program, task.options);
}

parentPort?.on("message", async (task: SolverTask) => {
  let reply: SolverReply;
  try {
    reply = { answer: await answer(task) };
  } catch (error) {
    reply = isSolversOwn(error) ? { answer: undefined } : { thrown: String(error) };
  }
  parentPort?.postMessage(reply);
});
parentPort?.postMessage("ready");
