// A thread with one solver in it, so that a solver that does not come back can be stopped.
import { parentPort, workerData } from "node:worker_threads";
import type { SolverName } from "./solver.js";
import type { SolverTask } from "./solver-protocol.js";
import { replyTo, warmUp } from "./solver-task.js";

const name = workerData as SolverName;
await warmUp(name);
parentPort?.on("message", async (task: SolverTask) => parentPort?.postMessage(await replyTo(name, task)));
parentPort?.postMessage("ready");
