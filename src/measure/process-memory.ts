import { readFileSync, writeFileSync } from "node:fs";
import { BYTES_PER_MIB } from "../core/units.js";

/** Resident memory of a process and its high-water mark. */
export interface ProcessMemory {
  readonly residentMib: number;
  readonly peakMib: number;
}

/**
 * What `/proc/<pid>/status` says of a process's memory; elsewhere than on Linux what Node knows of this process.
 *
 * @returns undefined if the process has ended, or is another one and there is no /proc
 */
export function processMemory(pid: number): ProcessMemory | undefined {
  if (process.platform !== "linux") return pid === process.pid ? ownMemory() : undefined;
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, "latin1");
  } catch {
    return undefined;
  }
  const residentKib = field(status, "VmRSS");
  const peakKib = field(status, "VmHWM");
  if (residentKib === undefined || peakKib === undefined) return undefined;
  return { residentMib: residentKib / 1024, peakMib: peakKib / 1024 };
}

/**
 * Sets the high-water mark of this process back to what is resident now (Linux, `clear_refs` = 5), so that the peak is
 * that of loading and inference and not of preparing images.
 */
export function resetPeakMemory(): void {
  try {
    writeFileSync("/proc/self/clear_refs", "5");
  } catch {
    // Elsewhere than on Linux the mark covers the whole life of the process.
  }
}

function ownMemory(): ProcessMemory {
  return {
    residentMib: process.memoryUsage.rss() / BYTES_PER_MIB,
    peakMib: process.resourceUsage().maxRSS / 1024,
  };
}

function field(status: string, name: string): number | undefined {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}
