// A worker with one solver in it.
import type { SolverName } from "../../plan/solve/solver.js";
import type { SolverReply, SolverTask } from "../../plan/solve/solver-protocol.js";
import { replyTo, warmUp } from "../../plan/solve/solver-task.js";
import { loadHighsFrom } from "./highs-library.js";
import type { WorkerStart } from "./start-thread.js";

/** The first message says which solver it is, all others are tasks. */
self.addEventListener(
  "message",
  async ({ data: { name, wasm } }: MessageEvent<WorkerStart>) => {
    self.onmessage = async ({ data }: MessageEvent<SolverTask>) => self.postMessage(await replyTo(name, data));
    self.postMessage(await started(name, wasm));
  },
  { once: true },
);

async function started(name: SolverName, wasm: ArrayBuffer): Promise<SolverReply> {
  try {
    await loadHighsFrom(wasm);
    await warmUp(name);
    return { answer: "ready" };
  } catch (error) {
    return { thrown: String(error) };
  }
}
