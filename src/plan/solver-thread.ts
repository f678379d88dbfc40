import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { IntegerProgram } from "./integer-program.js";
import type { SolverClaim, SolverName } from "./solver.js";

const ENTRY = new URL("./solver-worker.js", import.meta.url);
/** How much longer than its limit a solver may take before its thread is stopped. */
const GRACE = { factor: 1.5, ms: 100 };

const threads = new Map<SolverName, Promise<Worker>>();
const queues = new Map<SolverName, Promise<unknown>>();

/** Starts a solver's thread ahead of its first use. */
export async function warmSolver(name: SolverName): Promise<void> {
  await threadOf(name);
}

/**
 * Solves in a thread of its own. A solver that is far over its limit is stopped with its thread, and the next call
 * gets a new one. Threads that wait do not keep the process alive.
 */
export function solveInThread(
  name: SolverName,
  program: IntegerProgram,
  limitMs: number,
  relativeGap = 0,
): Promise<SolverClaim> {
  const before = queues.get(name) ?? Promise.resolve();
  const next = before.then(() => ask(name, program, limitMs, relativeGap));
  queues.set(
    name,
    next.catch(() => undefined),
  );
  return next;
}

async function ask(
  name: SolverName,
  program: IntegerProgram,
  limitMs: number,
  relativeGap: number,
): Promise<SolverClaim> {
  const thread = await threadOf(name);
  thread.ref();
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), limitMs * GRACE.factor + GRACE.ms);
  try {
    const answer = once(thread, "message", { signal: stop.signal });
    thread.postMessage({ program, limitMs, relativeGap });
    const [claim] = (await answer) as [SolverClaim];
    thread.unref();
    return claim;
  } catch {
    threads.delete(name);
    await thread.terminate();
    return { status: "stopped" };
  } finally {
    clearTimeout(timer);
  }
}

function threadOf(name: SolverName): Promise<Worker> {
  const running = threads.get(name);
  if (running !== undefined) return running;
  const started = startThread(name);
  threads.set(name, started);
  return started;
}

async function startThread(name: SolverName): Promise<Worker> {
  const thread = new Worker(ENTRY, { workerData: name });
  await once(thread, "message");
  thread.on("error", () => threads.delete(name)).on("exit", () => threads.delete(name));
  thread.unref();
  return thread;
}
