import { readFileSync } from "node:fs";

const NS_PER_MS = 1e6;

/**
 * How long the main thread was ready to run and had no core, since it started: the second number of schedstat.
 * Undefined where the kernel does not count it.
 *
 * Source: Documentation/scheduler/sched-stats.rst of the kernel.
 */
export function waitedForCoreMs(): number | undefined {
  try {
    const [ran = 0, waited = 0] = readFileSync("/proc/self/schedstat", "utf8").trim().split(" ").map(Number);
    return ran > 0 ? waited / NS_PER_MS : undefined;
  } catch {
    return undefined;
  }
}
