import { median, sorted } from "../../core/statistics.js";
import { BYTES_PER_MIB } from "../../core/units.js";
import { waitedForCoreMs } from "./waited-for-core.js";

/** What a page of memory costs that is touched for the first time. */
export interface TouchFacts {
  /** Of each touch: microseconds a page of 4 KiB, without the time in which this process had no core. */
  readonly usPerPage: readonly number[];
  readonly medianUsPerPage: number;
  /** Faults that the kernel served for a page: 1, or much less where it gives huge pages; 0 where it does not say. */
  readonly faultsPerPage: number;
}

/** So large that the allocator can't have it lying around: always new pages. */
const BUFFER_BYTES = 32 * BYTES_PER_MIB;
const PAGE_BYTES = 4096;

/**
 * Touches one byte of each page of fresh memory, several times. On a CPU most of a warm-up is such pages: those of the
 * activations, which are touched for the first time.
 *
 * @param times from 1
 * @param mib from 1 to 32; 32 take 10 to 100 ms
 */
export function touchFreshMemory(times: number, mib: number): TouchFacts {
  const touchedBytes = mib * BYTES_PER_MIB;
  const pages = touchedBytes / PAGE_BYTES;
  const faultsBefore = process.resourceUsage().minorPageFault;
  const usPerPage = Array.from({ length: times }, () => {
    const bytes = new Uint8Array(BUFFER_BYTES);
    const waitedMs = waitedForCoreMs() ?? 0;
    const startedMs = performance.now();
    for (let at = 0; at < touchedBytes; at += PAGE_BYTES) bytes[at] = 1;
    const tookMs = performance.now() - startedMs - ((waitedForCoreMs() ?? 0) - waitedMs);
    return (Math.max(0, tookMs) * 1000) / pages;
  });
  const faults = process.resourceUsage().minorPageFault - faultsBefore;
  return { usPerPage, medianUsPerPage: median(sorted(usPerPage)), faultsPerPage: faults / (pages * times) };
}
