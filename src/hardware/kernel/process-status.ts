import { join } from "node:path";
import { featureGroup } from "../reading/feature-group.js";
import { type KeyedField, openKeyedFile } from "../reading/keyed-file-source.js";
import type { Source } from "../reading/source.js";

const processGroup = featureGroup("process", "process", "/proc/<pid>/status");

const kib = (name: string, key: string, description: string): KeyedField => ({
  feature: processGroup.gauge(`${name}_kib`, "KiB", key, description),
  keys: [key],
});

const FIELDS: readonly KeyedField[] = [
  kib("resident_file", "RssFile", "Resident memory backed by files."),
  kib("resident_shared", "RssShmem", "Resident shared memory."),
  kib("resident", "VmRSS", "Memory of the process that is in RAM."),
  kib("resident_peak", "VmHWM", "Most memory of the process that was ever in RAM."),
  kib("resident_anonymous", "RssAnon", "Resident memory not backed by files: heaps, stacks, tensors."),
  kib("virtual", "VmSize", "Address space of the process."),
  kib("virtual_peak", "VmPeak", "Largest address space the process ever had."),
  kib("data", "VmData", "Address space of private writable data."),
  kib("stack", "VmStk", "Stack of the main thread."),
  kib("code", "VmExe", "Code of the executable."),
  kib("libraries", "VmLib", "Code of shared libraries."),
  kib("page_tables", "VmPTE", "Page tables of the process."),
  kib("swapped", "VmSwap", "Memory of the process that is in swap."),
  kib("locked", "VmLck", "Memory of the process locked in RAM."),
  kib("pinned", "VmPin", "Memory of the process pinned for devices."),
  kib("hugetlb", "HugetlbPages", "Explicit huge pages of the process."),
  {
    feature: processGroup.counter(
      "main_thread_voluntary_switches",
      "1",
      "voluntary_ctxt_switches",
      "Times the main thread gave up its CPU to wait.",
    ),
    keys: ["voluntary_ctxt_switches"],
  },
  {
    feature: processGroup.counter(
      "main_thread_forced_switches",
      "1",
      "nonvoluntary_ctxt_switches",
      "Times the main thread was taken off its CPU.",
    ),
    keys: ["nonvoluntary_ctxt_switches"],
  },
];

/** Memory of the measured process. It holds what statm holds, too, and more exactly. */
export const processStatus: Source = {
  features: [
    ...FIELDS.map((field) => field.feature),
    processGroup.gauge("shared_kib", "KiB", "RssFile + RssShmem", "Resident memory that other processes may share."),
  ],
  open(place) {
    const reader = openKeyedFile(join(place.procRoot, String(place.pid), "status"), FIELDS);
    return {
      ...reader,
      read(values, at, elapsedMs) {
        reader.read(values, at, elapsedMs);
        values[at + FIELDS.length] = (values[at] ?? Number.NaN) + (values[at + 1] ?? Number.NaN);
      },
    };
  },
};
