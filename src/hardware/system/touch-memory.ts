import { median, sorted } from "../../core/statistics.js";
import { waitedForCoreMs } from "./waited-for-core.js";

/** What a page of memory costs that is touched for the first time. */
export interface TouchFacts {
  /** Of each touch of 32 MiB: microseconds a page of 4 KiB, without the time in which this process had no core. */
  readonly usPerPage: readonly number[];
  readonly medianUsPerPage: number;
  /** Faults that the kernel served for a page: 1, or much less where it gives huge pages. */
  readonly faultsPerPage: number;
}

const BYTES = 32 * 1024 * 1024;
const PAGE_BYTES = 4096;

/**
 * Touches one byte of each page of 32 MiB of fresh memory, several times. On a CPU most of a warm-up is such pages: those of
 * the activations, which are touched for the first time.
 *
 * @param times from 1: each takes 10 to 100 ms
 */
export function touchFreshMemory(times: number): TouchFacts {
  const pages = BYTES / PAGE_BYTES;
  const faultsBefore = process.resourceUsage().minorPageFault;
  const usPerPage = Array.from({ length: times }, () => {
    const bytes = new Uint8Array(BYTES); // too large for the allocator to have it lying around: always new pages
    const waitedMs = waitedForCoreMs() ?? 0;
    const startedMs = performance.now();
    for (let at = 0; at < BYTES; at += PAGE_BYTES) bytes[at] = 1;
    const tookMs = performance.now() - startedMs - ((waitedForCoreMs() ?? 0) - waitedMs);
    return (Math.max(0, tookMs) * 1000) / pages;
  });
  const faults = process.resourceUsage().minorPageFault - faultsBefore;
  return { usPerPage, medianUsPerPage: median(sorted(usPerPage)), faultsPerPage: faults / (pages * times) };
}
