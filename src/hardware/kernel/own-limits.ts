import { totalmem } from "node:os";
import { join } from "node:path";
import { BYTES_PER_MIB } from "../../core/units.js";
import { allowedCores } from "../../processes/pinning.js";
import { readText } from "../reading/list-folder.js";
import { LIVE_ROOTS, type Place } from "../reading/source.js";
import { cgroup, readCgroupLimits } from "./cgroup.js";

const own = (): Place => ({ ...LIVE_ROOTS, pid: process.pid });

/**
 * CPUs' worth of time that this process may use, by the smallest quota on its control group's path; undefined for all.
 */
export function cpuQuotaCores(place: Place = own()): number | undefined {
  return readCgroupLimits(place).cpuCores;
}

/**
 * How many threads this process can keep running: a thread for each core that it may use, no more than its quota gives.
 */
export function usableThreads(place: Place = own()): number {
  const quota = cpuQuotaCores(place) ?? Number.POSITIVE_INFINITY;
  return Math.max(1, Math.min(allowedCores().length, Math.floor(quota)));
}

/** The memory that this process can have: the machine's, or the smallest limit on its control group's path. */
export function ownMemoryMib(place: Place = own()): number {
  const limitMib = (readCgroupLimits(place).memoryKib ?? Number.POSITIVE_INFINITY) / 1024;
  return Math.min(totalmem() / BYTES_PER_MIB, limitMib);
}

/** How often the kernel has killed a process for want of memory: of this machine, and on the control group's path. */
export function outOfMemoryKills(place: Place = own()): number {
  const ofMachine = Number(/^oom_kill (\d+)$/m.exec(readText(join(place.procRoot, "vmstat")) ?? "")?.[1] ?? 0);
  const values = new Float64Array(cgroup.features.length);
  const reader = cgroup.open(place);
  reader.read(values, 0, Number.NaN);
  reader.close();
  const onPath = values[cgroup.features.findIndex(({ name }) => name === "cgroup/oom_kills")] ?? Number.NaN;
  return ofMachine + (Number.isNaN(onPath) ? 0 : onPath);
}
