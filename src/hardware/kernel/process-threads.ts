import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { reasonOf } from "../../core/reason-of.js";
import { nextNumber } from "../reading/cursor.js";
import { featureGroup } from "../reading/feature-group.js";
import { type KeptFile, keepOpen } from "../reading/kept-file.js";
import { memberSums } from "../reading/member-sums.js";
import type { Place, Reader, Source } from "../reading/source.js";

const processGroup = featureGroup("process", "process", "/proc/<pid>/task/*/schedstat");

/** A thread that ends just as another one starts leaves the number of threads as it was: found after this time. */
const LIST_EVERY_MS = 5000;
/** A sample costs some 4 us a thread; the sum of a part of them would be no value of the process. */
const MOST_THREADS = 1024;
const NS_PER_S = 1e9;
/** Of one thread: it runs or waits at most all of the time. */
const COUNTERS = [{ mostPerS: NS_PER_S }, { mostPerS: NS_PER_S }, { mostPerS: 1e7 }];

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
  const threads = new Map<string, KeptFile>();
  const sums = memberSums(COUNTERS, "was born");
  const counts = new Float64Array(COUNTERS.length);
  let problem: string | undefined;
  let sinceListMs = Number.NaN;
  let linksListed = Number.NaN;
  let everRead = false;

  function retire(id: string, file: KeptFile): void {
    file.close();
    threads.delete(id);
  }

  function list(): void {
    try {
      const ids = readdirSync(folder);
      if (ids.length > MOST_THREADS) {
        for (const [id, file] of threads) retire(id, file);
        problem = `${folder}: ${ids.length} threads, more than the ${MOST_THREADS} that are read`;
        return;
      }
      for (const id of ids) {
        if (!threads.has(id)) threads.set(id, keepOpen(join(folder, id, "schedstat")));
      }
      problem = undefined;
    } catch (error) {
      problem = `${folder}: ${reasonOf(error)}`;
    }
  }

  /** Adds a thread to the sums; false where it is there and can't be read. */
  function addThread(id: string, file: KeptFile): boolean {
    const cursor = file.read();
    if (cursor === undefined) {
      problem = file.problem;
      if (everRead && existsSync(join(folder, id))) return false;
      retire(id, file);
      return true;
    }
    everRead = true;
    for (let index = 0; index < COUNTERS.length; index++) counts[index] = nextNumber(cursor);
    sums.add(id, counts);
    return true;
  }

  return {
    read(values, at, elapsedMs) {
      values.fill(Number.NaN, at, at + COUNTERS.length);
      sums.begin(elapsedMs);
      sinceListMs += elapsedMs;
      const links = linksOf(folder);
      if (!Object.is(links, linksListed) || !(sinceListMs < LIST_EVERY_MS)) {
        list();
        linksListed = links;
        sinceListMs = 0;
      }
      let complete = true;
      for (const [id, file] of threads) complete = addThread(id, file) && complete;
      // This kernel keeps no such file: listed for new threads only.
      if (!everRead) sinceListMs = Number.NEGATIVE_INFINITY;
      if (threads.size === 0) return;
      sums.end(values, at);
      if (!complete) values.fill(Number.NaN, at, at + COUNTERS.length);
      values[at] = (values[at] ?? Number.NaN) / NS_PER_S;
      values[at + 1] = (values[at + 1] ?? Number.NaN) / NS_PER_S;
    },
    problem: () => problem,
    close() {
      for (const file of threads.values()) file.close();
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
