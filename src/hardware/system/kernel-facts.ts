import { join } from "node:path";
import { cgroup, readCgroupLimits } from "../kernel/cgroup.js";
import { cgroupFolder } from "../kernel/cgroup-folders.js";
import { procMeminfo } from "../kernel/proc-meminfo.js";
import { procVmstat } from "../kernel/proc-vmstat.js";
import { temperature } from "../kernel/temperature.js";
import { readText } from "../reading/list-folder.js";
import type { Place } from "../reading/source.js";
import { openRecorder } from "../sampling/recorder.js";
import type { Found } from "./finding.js";

/** What the control group allows, and how often its CPU time was used up during the look. */
export interface LimitFacts {
  readonly cpuCores?: number;
  readonly memoryMib?: number;
  readonly throttledPeriods: number;
}

/** Memory that new work can have. */
export interface MemoryFacts {
  readonly totalMib: number;
  readonly availableMib: number;
}

/** Swap space in use, and what moved from or to it during the look. */
export interface SwapFacts {
  readonly totalMib: number;
  readonly usedMib: number;
  readonly movedPages: number;
}

/** How hot it is, and how often CPUs slowed down for heat: during the look and since the machine started. */
export interface HeatFacts {
  readonly hottestC?: number;
  readonly throttles?: number;
  readonly throttlesSinceStart?: number;
}

/** Numbers of the kernel by feature name, at one moment. */
export type KernelValues = ReadonlyMap<string, number>;

const SOURCES = [procMeminfo, procVmstat, cgroup, temperature];

/** Reads what is looked at twice: anew each time, because a sensor that is kept open is asked once a second only. */
export function readKernelValues(place: Place): KernelValues {
  const recorder = openRecorder(SOURCES, place);
  const { values } = recorder.record();
  recorder.close();
  const names = SOURCES.flatMap(({ features }) => features.map(({ name }) => name));
  return new Map(names.flatMap((name, index) => (Number.isNaN(values[index]) ? [] : [[name, values[index] ?? 0]])));
}

/** What the control group allows. */
export function readLimits(place: Place, begin: KernelValues, end: KernelValues): Found<LimitFacts> {
  if (cgroupFolder(place, "cpu") === undefined && cgroupFolder(place, "memory") === undefined) {
    return { unknown: "this process is in no control group that can be read" };
  }
  const { cpuCores, memoryKib } = readCgroupLimits(place);
  return {
    ...(cpuCores !== undefined && { cpuCores }),
    ...(memoryKib !== undefined && { memoryMib: Math.round(memoryKib / 1024) }),
    throttledPeriods: growth("cgroup/throttled_periods", begin, end) ?? 0,
  };
}

/** Memory of the machine; of a container with a limit, that which it may still have. */
export function memoryOf(values: KernelValues): Found<MemoryFacts> {
  const totalKib = values.get("memory/total_kib");
  const availableKib = values.get("memory/available_kib");
  if (totalKib === undefined || availableKib === undefined) return { unknown: "no /proc/meminfo that says it" };
  const limitKib = values.get("cgroup/memory_limit_kib") ?? Number.POSITIVE_INFINITY;
  const leftKib = limitKib - (values.get("cgroup/memory_kib") ?? 0);
  return {
    totalMib: Math.round(Math.min(totalKib, limitKib) / 1024),
    availableMib: Math.round(Math.max(0, Math.min(availableKib, leftKib)) / 1024),
  };
}

/** The mode of transparent huge pages: always, madvise or never. */
export function readHugePages({ sysRoot }: Place): Found<string> {
  const modes = readText(join(sysRoot, "kernel/mm/transparent_hugepage/enabled"));
  return /\[(\w+)\]/.exec(modes ?? "")?.[1] ?? { unknown: "this kernel does not say whether it has them" };
}

/** Swap space in use, and what moved. */
export function swapOf(begin: KernelValues, end: KernelValues): Found<SwapFacts> {
  const totalKib = end.get("memory/swap_total_kib");
  if (totalKib === undefined) return { unknown: "no /proc/meminfo that says it" };
  const moved = (name: string) => growth(name, begin, end) ?? 0;
  return {
    totalMib: Math.round(totalKib / 1024),
    usedMib: Math.round((end.get("memory/swap_used_kib") ?? 0) / 1024),
    movedPages: moved("paging/swapped_in") + moved("paging/swapped_out"),
  };
}

/** Temperature and slowing down for heat. */
export function heatOf(begin: KernelValues, end: KernelValues): Found<HeatFacts> {
  const hottestC = end.get("temperature/cpu_max_c") ?? end.get("temperature/zone_max_c");
  const counters = ["temperature/core_throttles", "temperature/package_throttles"];
  const counted = counters.flatMap((name) => end.get(name) ?? []);
  if (hottestC === undefined && counted.length === 0) {
    return { unknown: "this machine shows no sensors, as most virtual machines do" };
  }
  return {
    ...(hottestC !== undefined && { hottestC }),
    ...(counted.length > 0 && {
      throttles: Math.max(...counters.map((name) => growth(name, begin, end) ?? 0)),
      throttlesSinceStart: Math.max(...counted),
    }),
  };
}

function growth(name: string, begin: KernelValues, end: KernelValues): number | undefined {
  const [first, last] = [begin.get(name), end.get(name)];
  return first === undefined || last === undefined ? undefined : Math.max(0, last - first);
}
