import { join } from "node:path";
import { featureGroup } from "../reading/feature-group.js";
import { type KeyedField, keyedFileSource } from "../reading/keyed-file-source.js";

const mapping = featureGroup("mapping", "process", "/proc/<pid>/smaps_rollup");

const kib = (name: string, key: string, description: string): KeyedField => ({
  feature: mapping.gauge(`${name}_kib`, "KiB", key, description),
  keys: [key],
});

/** Where the process's memory lies. The kernel walks its page tables for this: for the probe only. */
export const smapsRollup = keyedFileSource(
  (place) => join(place.procRoot, String(place.pid), "smaps_rollup"),
  [
    kib("resident", "Rss", "Resident memory, counted page by page."),
    kib("proportional", "Pss", "Resident memory, shared pages divided by the number of processes that share them."),
    kib("proportional_anonymous", "Pss_Anon", "Anonymous part of the proportional memory."),
    kib("proportional_file", "Pss_File", "File-backed part of the proportional memory."),
    kib("proportional_shared", "Pss_Shmem", "Shared-memory part of the proportional memory."),
    kib("shared_clean", "Shared_Clean", "Shared pages that are unchanged."),
    kib("shared_dirty", "Shared_Dirty", "Shared pages that were changed."),
    kib("private_clean", "Private_Clean", "Private pages that are unchanged."),
    kib("private_dirty", "Private_Dirty", "Private pages that were changed: what the process alone costs."),
    kib("referenced", "Referenced", "Pages touched lately."),
    kib("anonymous", "Anonymous", "Pages that belong to no file."),
    kib("lazily_freed", "LazyFree", "Pages given back that the kernel has not taken yet."),
    kib("anonymous_huge", "AnonHugePages", "Anonymous memory in transparent huge pages."),
    kib("shared_huge", "ShmemPmdMapped", "Shared memory mapped as huge pages."),
    kib("file_huge", "FilePmdMapped", "Files mapped as huge pages."),
    kib("swapped", "Swap", "Pages in swap."),
    kib("locked", "Locked", "Pages locked in RAM."),
  ],
);
