import { join } from "node:path";
import { featureGroup } from "../reading/feature-group.js";
import { type KeyedField, keyedFileSource } from "../reading/keyed-file-source.js";

const paging = featureGroup("paging", "machine", "/proc/vmstat");

function count(name: string, keys: string | readonly string[], description: string): KeyedField {
  const list = typeof keys === "string" ? [keys] : keys;
  return { feature: paging.counter(name, "1", list.join(" + "), description), keys: list };
}

const zones = (prefix: string) => ["dma", "dma32", "normal", "movable", "device"].map((zone) => `${prefix}_${zone}`);

const FIELDS: readonly KeyedField[] = [
  { feature: paging.counter("in_kib", "KiB", "pgpgin", "Data read from disks."), keys: ["pgpgin"] },
  { feature: paging.counter("out_kib", "KiB", "pgpgout", "Data written to disks."), keys: ["pgpgout"] },
  count("swapped_in", "pswpin", "Pages read from swap."),
  count("swapped_out", "pswpout", "Pages written to swap."),
  count("allocated", zones("pgalloc"), "Pages given out by the page allocator."),
  count("freed", "pgfree", "Pages given back to the page allocator."),
  count("faults", "pgfault", "Page faults of all processes."),
  count("major_faults", "pgmajfault", "Page faults that had to read a disk."),
  count("activated", "pgactivate", "Pages moved to the active list."),
  count("deactivated", "pgdeactivate", "Pages moved to the inactive list."),
  count("scanned_kswapd", "pgscan_kswapd", "Pages looked at by background reclaim."),
  count("scanned_direct", "pgscan_direct", "Pages looked at by processes that had to reclaim themselves."),
  count("reclaimed_kswapd", "pgsteal_kswapd", "Pages reclaimed in the background."),
  count("reclaimed_direct", "pgsteal_direct", "Pages reclaimed by processes that wanted memory."),
  count("allocation_stalls", zones("allocstall"), "Allocations that had to wait for reclaim."),
  count("slabs_scanned", "slabs_scanned", "Kernel objects looked at by reclaim."),
  count(
    "refaults",
    ["workingset_refault", "workingset_refault_anon", "workingset_refault_file"],
    "Pages that were reclaimed and needed again.",
  ),
  count("dirtied", "nr_dirtied", "Pages made dirty."),
  count("written", "nr_written", "Pages written back."),
  count("oom_kills", "oom_kill", "Processes killed for lack of memory."),
  count("migrated", "pgmigrate_success", "Pages moved to another place in memory."),
  count("migration_failed", "pgmigrate_fail", "Pages that could not be moved."),
  count("compaction_scanned", ["compact_migrate_scanned", "compact_free_scanned"], "Pages looked at by compaction."),
  count("compaction_isolated", "compact_isolated", "Pages taken aside by compaction."),
  count("compaction_stalls", "compact_stall", "Allocations that had to compact memory themselves."),
  count("compaction_failed", "compact_fail", "Such compactions that made no room."),
  count("compaction_succeeded", "compact_success", "Such compactions that made room."),
  count("huge_fault_allocated", "thp_fault_alloc", "Page faults served with a transparent huge page."),
  count("huge_fault_fallback", "thp_fault_fallback", "Page faults that wanted a huge page and got small ones."),
  count("huge_collapsed", "thp_collapse_alloc", "Huge pages made from small ones in the background."),
  count("huge_collapse_failed", "thp_collapse_alloc_failed", "Huge pages for which there was no room."),
  count("huge_split", "thp_split_page", "Huge pages split into small ones."),
  count("huge_zero_allocated", "thp_zero_page_alloc", "Huge pages of zeros made for reads."),
  count("numa_local", "numa_local", "Pages given out on the node of the asking CPU."),
  count("numa_remote", "numa_other", "Pages given out on another node than that of the asking CPU."),
  count("numa_missed", "numa_miss", "Pages given out on another node than the wanted one."),
];

/** What virtual memory did: faults, reclaim, compaction, huge pages. */
export const procVmstat = keyedFileSource((place) => join(place.procRoot, "vmstat"), FIELDS);
