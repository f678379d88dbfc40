import { deferred } from "../../core/deferred.js";
import type { IntegerProgram } from "../program/integer-program.js";
import type { SearchOptions, SearchResult } from "./branch-and-bound.js";
import type { SolverClaim, SolverName } from "./solver.js";
import type { SolverTask } from "./solver-protocol.js";
import { type SolverThread, startThread } from "./start-thread.js";

/** How much longer than its limit what looks at the clock itself may take before its thread is stopped. */
const GRACE = { factor: 1.5, ms: 100 };

/** In so little time nothing is solved: what a clock that is over leaves. */
const LEAST_MS = 1;

/** Node.js takes a longer one for none. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const threads = new Map<SolverName, Promise<SolverThread>>();
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
  const over = deferred<undefined>();
  const timer = endMs <= LONGEST_TIMER_MS ? setTimeout(() => over.resolve(undefined), endMs) : undefined;
  const reply = await Promise.race([thread.ask(task).catch(() => undefined), over.promise]);
  clearTimeout(timer);
  if (reply === undefined) {
    threads.delete(name);
    await thread.end();
    return undefined;
  }
  if ("thrown" in reply) throw new Error(`solver ${name}: ${reply.thrown}`);
  return reply.answer as Answer | undefined;
}

function threadOf(name: SolverName): Promise<SolverThread> {
  const running = threads.get(name);
  if (running !== undefined) return running;
  const started = startThread(name);
  threads.set(name, started);
  started.catch(() => threads.delete(name)); // the next call tries again
  return started;
}
