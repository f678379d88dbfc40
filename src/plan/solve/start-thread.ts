import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { reasonOf } from "../../core/reason-of.js";
import type { SolverName } from "./solver.js";
import type { SolverReply, SolverTask } from "./solver-protocol.js";

const ENTRY = new URL("./solver-worker.js", import.meta.url);

/** A thread with one solver in it, which answers one task at a time. */
export interface SolverThread {
  /** @throws Error if the thread ends before it has answered */
  ask(task: SolverTask): Promise<SolverReply>;
  end(): Promise<void>;
}

/**
 * Starts a thread. While it waits it does not keep the process alive.
 *
 * @throws Error if the solver can't be started
 */
export async function startThread(name: SolverName): Promise<SolverThread> {
  const thread = new Worker(ENTRY, { workerData: name });
  try {
    await once(thread, "message");
  } catch (error) {
    throw new Error(`solver ${name}: can't be started: ${reasonOf(error)}`);
  }
  thread.unref();
  return {
    ask: (task) => ask(thread, task),
    end: async () => {
      await thread.terminate();
    },
  };
}

async function ask(thread: Worker, task: SolverTask): Promise<SolverReply> {
  const ended = new AbortController();
  const onExit = () => ended.abort(); // a thread can die without a word, e.g. when its memory is used up
  thread.ref();
  thread.once("exit", onExit);
  try {
    const replied = once(thread, "message", { signal: ended.signal });
    thread.postMessage(task);
    const [reply] = (await replied) as [SolverReply];
    return reply;
  } finally {
    thread.off("exit", onExit);
    thread.unref();
  }
}
