import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { reasonOf } from "../../core/reason-of.js";
import type { IntegerProgram } from "../program/integer-program.js";
import type { SearchOptions, SearchResult } from "./branch-and-bound.js";
import type { SolverClaim, SolverName } from "./solver.js";
import type { SolverReply, SolverTask } from "./solver-protocol.js";

const ENTRY = new URL("./solver-worker.js", import.meta.url);
/** How much longer than its limit what looks at the clock itself may take before its thread is stopped. */
const GRACE = { factor: 1.5, ms: 100 };

/** In so little time nothing is solved: what a clock that is over leaves. */
const LEAST_MS = 1;

/** Node.js takes a longer one for none. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const threads = new Map<SolverName, Promise<Worker>>();
const queues = new Map<SolverName, Promise<unknown>>();

/** Starts a solver's thread ahead of its first use. */
export async function warmSolver(name: SolverName): Promise<void> {
  await threadOf(name);
}

/**
 * Solves in a thread of its own. A solver that is over its limit is stopped with its thread, and the next call gets a
 * new one. What was stopped claims nothing. Threads that wait do not keep the process alive.
 *
 * @throws Error if the solver can't be started
 */
export async function solveInThread(
  name: SolverName,
  program: IntegerProgram,
  limitMs: number,
  relativeGap = 0,
): Promise<SolverClaim> {
  if (limitMs <= LEAST_MS) return { status: "stopped" };
  const task: SolverTask = { kind: "solve", program, limitMs, relativeGap };
  // HiGHS says at its own limit that it was stopped, and what it has; the other one can only be ended.
  const endMs = name === "highs" ? limitMs * GRACE.factor + GRACE.ms : limitMs;
  return (await enqueue<SolverClaim>(name, task, endMs)) ?? { status: "stopped" };
}

/** Branch and bound with checked bounds, in the thread of HiGHS; see `branchAndBound`. */
export async function searchInThread(program: IntegerProgram, options: SearchOptions): Promise<SearchResult> {
  if (options.limitMs <= LEAST_MS) return { status: "stopped", hurried: true };
  const endMs = options.limitMs * GRACE.factor + GRACE.ms;
  const result = await enqueue<SearchResult>("highs", { kind: "search", program, options }, endMs);
  return result ?? { status: "stopped", hurried: true };
}

function enqueue<Answer>(name: SolverName, task: SolverTask, endMs: number): Promise<Answer | undefined> {
  const before = queues.get(name) ?? Promise.resolve();
  const next = before.then(() => ask<Answer>(name, task, endMs));
  queues.set(
    name,
    next.catch(() => undefined),
  );
  return next;
}

/**
 * @returns undefined if the thread had to be stopped, or the solver failed
 * @throws Error what this project's own code threw in the thread
 */
async function ask<Answer>(name: SolverName, task: SolverTask, endMs: number): Promise<Answer | undefined> {
  const thread = await threadOf(name);
  thread.ref();
  const ended = new AbortController();
  const timer = endMs <= LONGEST_TIMER_MS ? setTimeout(() => ended.abort(), endMs) : undefined;
  const onExit = () => ended.abort(); // a thread can die without a word, e.g. when its memory is used up
  thread.once("exit", onExit);
  let reply: SolverReply;
  try {
    const replied = once(thread, "message", { signal: ended.signal });
    thread.postMessage(task);
    [reply] = (await replied) as [SolverReply];
  } catch {
    threads.delete(name);
    await thread.terminate();
    return undefined;
  } finally {
    clearTimeout(timer);
    thread.off("exit", onExit);
    thread.unref();
  }
  if ("thrown" in reply) throw new Error(`solver ${name}: ${reply.thrown}`);
  return reply.answer as Answer | undefined;
}

function threadOf(name: SolverName): Promise<Worker> {
  const running = threads.get(name);
  if (running !== undefined) return running;
  const started = startThread(name);
  threads.set(name, started);
  started.catch(() => threads.delete(name)); // the next call tries again
  return started;
}

async function startThread(name: SolverName): Promise<Worker> {
  const thread = new Worker(ENTRY, { workerData: name });
  try {
    await once(thread, "message");
  } catch (error) {
    throw new Error(`solver ${name}: can't be started: ${reasonOf(error)}`);
  }
  thread.unref();
  return thread;
}
