import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { reasonOf } from "../../core/reason-of.js";
import { nextNumber } from "../reading/cursor.js";
import { featureGroup } from "../reading/feature-group.js";
import { type KeptFile, keepOpen } from "../reading/kept-file.js";
import type { Place, Reader, Source } from "../reading/source.js";

const processGroup = featureGroup("process", "process", "/proc/<pid>/task/*/schedstat");

/** A thread that ends just as another one starts leaves the number of threads as it was: found after this time. */
const LIST_EVERY_MS = 5000;
/** Beyond this many threads the rest are left out, to bound what a sample costs. */
const MOST_THREADS = 64;

interface Thread {
  readonly file: KeptFile;
  runNs: number;
  waitNs: number;
  slices: number;
}

/** How long the threads of the measured process ran, and how long they waited for a CPU, to the nanosecond. */
export const processThreads: Source = {
  features: [
    processGroup.counter("run_s", "s", "field 1", "Time that the process's threads ran."),
    processGroup.counter("wait_s", "s", "field 2", "Time that its threads were ready and waited for a CPU."),
    processGroup.counter("timeslices", "1", "field 3", "Time slices its threads had."),
  ],
  open: openProcessThreads,
};

function openProcessThreads(place: Place): Reader {
  const folder = join(place.procRoot, String(place.pid), "task");
  const threads = new Map<string, Thread>();
  const gone = { runNs: 0, waitNs: 0, slices: 0 };
  let listProblem: string | undefined;
  let sinceListMs = Number.NaN;
  let linksListed = Number.NaN;
  let everRead = false;

  function retire(id: string, thread: Thread): void {
    gone.runNs += thread.runNs;
    gone.waitNs += thread.waitNs;
    gone.slices += thread.slices;
    thread.file.close();
    threads.delete(id);
  }

  function list(): void {
    try {
      for (const id of readdirSync(folder)) {
        if (threads.has(id) || threads.size >= MOST_THREADS) continue;
        threads.set(id, { file: keepOpen(join(folder, id, "schedstat")), runNs: 0, waitNs: 0, slices: 0 });
      }
      listProblem = undefined;
    } catch (error) {
      listProblem = `${folder}: ${reasonOf(error)}`;
    }
  }

  return {
    read(values, at, elapsedMs) {
      values.fill(Number.NaN, at, at + 3);
      sinceListMs += elapsedMs;
      const links = linksOf(folder);
      if (!Object.is(links, linksListed) || !(sinceListMs < LIST_EVERY_MS)) {
        list();
        linksListed = links;
        sinceListMs = 0;
      }
      const sum = { ...gone };
      for (const [id, thread] of threads) {
        const cursor = thread.file.read();
        if (cursor === undefined) {
          listProblem = thread.file.problem;
          retire(id, thread);
        } else {
          everRead = true;
          thread.runNs = nextNumber(cursor);
          thread.waitNs = nextNumber(cursor);
          thread.slices = nextNumber(cursor);
        }
        sum.runNs += thread.runNs;
        sum.waitNs += thread.waitNs;
        sum.slices += thread.slices;
      }
      // This kernel keeps no such file: listed for new threads only.
      if (!everRead) sinceListMs = Number.NEGATIVE_INFINITY;
      if (threads.size === 0) return;
      values[at] = sum.runNs / 1e9;
      values[at + 1] = sum.waitNs / 1e9;
      values[at + 2] = sum.slices;
    },
    problem: () => (threads.size === 0 ? listProblem : undefined),
    close() {
      for (const thread of threads.values()) thread.file.close();
      threads.clear();
    },
  };
}

/** The folder's link count is its number of threads plus two, and much cheaper to ask for than the list. */
function linksOf(folder: string): number {
  try {
    return statSync(folder, { throwIfNoEntry: false })?.nlink ?? Number.NaN;
  } catch {
    return Number.NaN; // the list says why
  }
}
