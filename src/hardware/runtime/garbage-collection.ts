import { constants, type PerformanceEntry, PerformanceObserver } from "node:perf_hooks";
import { featureGroup } from "../reading/feature-group.js";
import type { Source } from "../reading/source.js";

const collection = featureGroup("gc", "runtime", "PerformanceObserver 'gc'");

const KINDS = [
  { name: "minor", code: constants.NODE_PERFORMANCE_GC_MINOR, what: "collections of young objects" },
  { name: "major", code: constants.NODE_PERFORMANCE_GC_MAJOR, what: "collections of the whole heap" },
  { name: "incremental", code: constants.NODE_PERFORMANCE_GC_INCREMENTAL, what: "steps of incremental marking" },
  { name: "weak_callbacks", code: constants.NODE_PERFORMANCE_GC_WEAKCB, what: "runs of weak callbacks" },
];

/**
 * Garbage collections of the process that it is opened in, since then. The runtime tells of them one turn of the event
 * loop later: whoever wants those of a blocking call counted waits for a turn before reading.
 */
export const garbageCollection: Source = {
  features: KINDS.flatMap(({ name, what }) => [
    collection.counter(`${name}_count`, "1", `kind ${name}`, `Number of ${what}.`),
    collection.counter(`${name}_ms`, "ms", `kind ${name}`, `Time of ${what}.`),
  ]),
  open() {
    const totals = new Float64Array(KINDS.length * 2);
    function count(entries: readonly PerformanceEntry[]): void {
      for (const entry of entries) {
        const kind = KINDS.findIndex((candidate) => candidate.code === kindOf(entry));
        if (kind < 0) continue;
        totals[kind * 2] = (totals[kind * 2] ?? 0) + 1;
        totals[kind * 2 + 1] = (totals[kind * 2 + 1] ?? 0) + entry.duration;
      }
    }
    const observer = new PerformanceObserver((list) => count(list.getEntries()));
    observer.observe({ entryTypes: ["gc"] });
    return {
      read(values, at) {
        count(observer.takeRecords()); // entries that are told but not delivered yet
        values.set(totals, at);
      },
      problem: () => undefined,
      close: () => observer.disconnect(),
    };
  },
};

function kindOf(entry: PerformanceEntry): unknown {
  const detail = "detail" in entry ? entry.detail : undefined;
  return typeof detail === "object" && detail !== null && "kind" in detail ? detail.kind : undefined;
}
