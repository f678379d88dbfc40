import { once } from "../../core/once.js";
import type { SolverName } from "../../plan/solve/solver.js";
import type { SolverReply, SolverTask } from "../../plan/solve/solver-protocol.js";
import type { SolverThread } from "../../plan/solve/start-thread.js";
import { embeddedBytes } from "../embedded-data.js";

/** What a worker is told first: which solver it is, and HiGHS. */
export interface WorkerStart {
  readonly name: SolverName;
  readonly wasm: ArrayBuffer;
}

/** How to end each thread that somebody waits for. */
const searching = new Set<() => void>();
let isAbandoned = false;

/** The worker's script and HiGHS, which the page carries, unpacked once. */
const carried = once(async () => {
  const [script, wasm] = await Promise.all([embeddedBytes("solver-worker"), embeddedBytes("highs")]);
  return { url: URL.createObjectURL(new Blob([script], { type: "text/javascript" })), wasm };
});

/**
 * Takes the place of the file of that name in src/plan/solve where a page solves: a worker in place of a thread.
 *
 * @throws Error if the solver can't be started
 */
export async function startThread(name: SolverName): Promise<SolverThread> {
  const { url, wasm } = await carried();
  if (isAbandoned) throw new Error(`solver ${name}: nobody waits for it`);
  const thread = new Worker(url);
  const answerTo = (message: WorkerStart | SolverTask) =>
    new Promise<SolverReply>((resolve, reject) => {
      const end = () => {
        thread.terminate();
        reject(new Error(`solver ${name}: ended`));
      };
      searching.add(end);
      thread.onmessage = ({ data }: MessageEvent<SolverReply>) => {
        searching.delete(end);
        resolve(data);
      };
      thread.onerror = ({ message: reason }) => {
        searching.delete(end);
        reject(new Error(`solver ${name}: ${reason}`));
      };
      thread.postMessage(message);
    });
  const started = await answerTo({ name, wasm });
  if ("thrown" in started) throw new Error(`solver ${name}: can't be started: ${started.thrown}`);
  return { ask: answerTo, end: async () => thread.terminate() };
}

/** Ends all solvers that search, and lets none start: of a question that nobody asks any more. */
export function abandonSolvers(): void {
  isAbandoned = true;
  for (const end of searching) end();
  searching.clear();
}

/** Lets solvers start again. */
export function allowSolvers(): void {
  isAbandoned = false;
}
