import { join } from "node:path";
import { featureGroup } from "../reading/feature-group.js";
import { type KeyedField, openKeyedFile } from "../reading/keyed-file-source.js";
import type { Source } from "../reading/source.js";

const memory = featureGroup("memory", "machine", "/proc/meminfo");

const kib = (name: string, key: string, description: string): KeyedField => ({
  feature: memory.gauge(`${name}_kib`, "KiB", key, description),
  keys: [key],
});
const pages = (name: string, key: string, description: string): KeyedField => ({
  feature: memory.gauge(name, "1", key, description),
  keys: [key],
});

const FIELDS: readonly KeyedField[] = [
  kib("total", "MemTotal", "Memory that the kernel can use."),
  kib("available", "MemAvailable", "Memory that new work can have without swapping (an estimate of the kernel)."),
  kib("swap_total", "SwapTotal", "Swap space."),
  kib("swap_free", "SwapFree", "Swap space in no use."),
  kib("free", "MemFree", "Memory in no use at all."),
  kib("buffers", "Buffers", "Buffers of raw block devices."),
  kib("cached", "Cached", "Page cache, without swap cache."),
  kib("swap_cached", "SwapCached", "Swapped pages that are in memory, too."),
  kib("active", "Active", "Pages used lately."),
  kib("inactive", "Inactive", "Pages to reclaim first."),
  kib("active_anonymous", "Active(anon)", "Anonymous pages used lately."),
  kib("inactive_anonymous", "Inactive(anon)", "Anonymous pages to swap first."),
  kib("active_file", "Active(file)", "Page cache used lately."),
  kib("inactive_file", "Inactive(file)", "Page cache to drop first."),
  kib("unevictable", "Unevictable", "Pages that can't be reclaimed."),
  kib("locked", "Mlocked", "Pages locked with mlock."),
  kib("dirty", "Dirty", "Pages waiting to be written to disk."),
  kib("writeback", "Writeback", "Pages being written to disk."),
  kib("anonymous", "AnonPages", "Anonymous pages mapped by processes."),
  kib("mapped", "Mapped", "Files mapped by processes."),
  kib("shared", "Shmem", "Shared memory and tmpfs."),
  kib("kernel_reclaimable", "KReclaimable", "Kernel memory that can be reclaimed."),
  kib("slab", "Slab", "Kernel data structures."),
  kib("slab_reclaimable", "SReclaimable", "Kernel data structures that can be reclaimed."),
  kib("slab_unreclaimable", "SUnreclaim", "Kernel data structures that can't be reclaimed."),
  kib("kernel_stack", "KernelStack", "Stacks of all threads in the kernel."),
  kib("page_tables", "PageTables", "Page tables of all processes."),
  kib("commit_limit", "CommitLimit", "Address space that may be promised to processes."),
  kib("committed", "Committed_AS", "Address space promised to processes."),
  kib("vmalloc_used", "VmallocUsed", "Kernel memory in vmalloc areas."),
  kib("percpu", "Percpu", "Kernel memory kept once per CPU."),
  kib("anonymous_huge", "AnonHugePages", "Anonymous memory in transparent huge pages."),
  kib("shared_huge", "ShmemHugePages", "Shared memory in huge pages."),
  kib("file_huge", "FileHugePages", "Page cache in huge pages."),
  kib("hugetlb", "Hugetlb", "Memory set aside for explicit huge pages."),
  kib("huge_page_size", "Hugepagesize", "Size of an explicit huge page."),
  kib("direct_map_4k", "DirectMap4k", "Kernel mapping of memory in 4 KiB pages; it grows as huge mappings are split."),
  kib("direct_map_2m", "DirectMap2M", "Kernel mapping of memory in 2 MiB pages."),
  kib("direct_map_1g", "DirectMap1G", "Kernel mapping of memory in 1 GiB pages."),
  pages("huge_pages_total", "HugePages_Total", "Explicit huge pages."),
  pages("huge_pages_free", "HugePages_Free", "Explicit huge pages in no use."),
  pages("huge_pages_reserved", "HugePages_Rsvd", "Explicit huge pages promised to processes."),
];

/** What memory is used for. */
export const procMeminfo: Source = {
  features: [
    ...FIELDS.map((field) => field.feature),
    memory.gauge("swap_used_kib", "KiB", "SwapTotal − SwapFree", "Swap space in use."),
    memory.ratio("used_ratio", "1 − MemAvailable/MemTotal", "Share of memory that new work can't have."),
  ],
  open(place) {
    const reader = openKeyedFile(join(place.procRoot, "meminfo"), FIELDS);
    return {
      ...reader,
      read(values, at, elapsedMs) {
        reader.read(values, at, elapsedMs);
        const [total = NaN, available = NaN, swapTotal = NaN, swapFree = NaN] = values.subarray(at, at + 4);
        values[at + FIELDS.length] = swapTotal - swapFree;
        values[at + FIELDS.length + 1] = 1 - available / total;
      },
    };
  },
};
