// A thread with one solver in it, so that a solver that does not come back can be stopped.
import { parentPort, workerData } from "node:worker_threads";
import { solveWithHighs } from "./highs-solver.js";
import type { IntegerProgram } from "./integer-program.js";
import { solveWithJavascriptLpSolver } from "./javascript-lp-solver.js";
import type { SolveFunction, SolverName } from "./solver.js";

const solve: SolveFunction = (workerData as SolverName) === "highs" ? solveWithHighs : solveWithJavascriptLpSolver;

/** Once, so that loading the solver is not part of any solution's time. */
const NOTHING: IntegerProgram = {
  direction: "min",
  variables: [{ name: "x", upper: 1, integer: true, objective: 1 }],
  rows: [{ name: "r", terms: [[0, 1]], lower: 1 }],
};
await solve(NOTHING, 1000, 0);

interface Task {
  readonly program: IntegerProgram;
  readonly limitMs: number;
  readonly relativeGap: number;
}

parentPort?.on("message", async ({ program, limitMs, relativeGap }: Task) => {
  try {
    parentPort?.postMessage(await solve(program, limitMs, relativeGap));
  } catch {
    parentPort?.postMessage({ status: "stopped" });
  }
});
parentPort?.postMessage("ready");
