import { getHeapSpaceStatistics, getHeapStatistics } from "node:v8";
import { featureGroup } from "../reading/feature-group.js";
import type { Source } from "../reading/source.js";

const heap = featureGroup("heap", "runtime", "v8.getHeapStatistics()");
const spaces = featureGroup("heap", "runtime", "v8.getHeapSpaceStatistics()");
const runtime = featureGroup("heap", "runtime", "process.memoryUsage()");

const SPACES = ["new_space", "old_space", "code_space", "large_object_space", "new_large_object_space"];
const KIB = 1024;

const HEAP = [
  { key: "total_heap_size", feature: heap.gauge("size_kib", "KiB", "total_heap_size", "Heap of the runtime.") },
  { key: "used_heap_size", feature: heap.gauge("used_kib", "KiB", "used_heap_size", "Heap in use.") },
  { key: "total_physical_size", feature: heap.gauge("committed_kib", "KiB", "total_physical_size", "Heap in RAM.") },
  { key: "total_available_size", feature: heap.gauge("available_kib", "KiB", "total_available_size", "Room to grow.") },
  { key: "heap_size_limit", feature: heap.gauge("limit_kib", "KiB", "heap_size_limit", "Most the heap may have.") },
  { key: "malloced_memory", feature: heap.gauge("malloc_kib", "KiB", "malloced_memory", "Memory V8 took by malloc.") },
  {
    key: "peak_malloced_memory",
    feature: heap.gauge("malloc_peak_kib", "KiB", "peak_malloced_memory", "Most memory V8 ever took by malloc."),
  },
] as const;

/** The JavaScript heap of the process that it is read in, and memory outside the heap that it holds on to. */
export const jsHeap: Source = {
  features: [
    ...HEAP.map((field) => field.feature),
    ...SPACES.flatMap((space) => [
      spaces.gauge(`${space}_used_kib`, "KiB", `${space} space_used_size`, `Part of the heap's ${space} in use.`),
      spaces.gauge(`${space}_size_kib`, "KiB", `${space} space_size`, `Size of the heap's ${space}.`),
    ]),
    runtime.gauge("external_kib", "KiB", "external", "Memory outside the heap that JavaScript objects hold."),
    runtime.gauge("array_buffers_kib", "KiB", "arrayBuffers", "Array buffers, tensors among them."),
  ],
  open: () => ({
    read(values, at) {
      values.fill(Number.NaN, at, at + jsHeap.features.length);
      let slot = at;
      const statistics = getHeapStatistics();
      for (const { key } of HEAP) values[slot++] = statistics[key] / KIB;
      const found = getHeapSpaceStatistics();
      for (const name of SPACES) {
        const space = found.find((candidate) => candidate.space_name === name);
        values[slot++] = space === undefined ? Number.NaN : space.space_used_size / KIB;
        values[slot++] = space === undefined ? Number.NaN : space.space_size / KIB;
      }
      const { external, arrayBuffers } = process.memoryUsage();
      values[slot++] = external / KIB;
      values[slot++] = arrayBuffers / KIB;
    },
    problem: () => undefined,
    close: () => undefined,
  }),
};
