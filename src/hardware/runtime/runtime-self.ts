import { performance } from "node:perf_hooks";
import { featureGroup } from "../reading/feature-group.js";
import type { Source } from "../reading/source.js";

const usage = featureGroup("usage", "process", "getrusage");
const loop = featureGroup("event_loop", "runtime", "performance.eventLoopUtilization()");

const USAGE = [
  { key: "userCPUTime", scale: 1e-6, feature: usage.counter("user_s", "s", "ru_utime", "CPU time in user mode.") },
  { key: "systemCPUTime", scale: 1e-6, feature: usage.counter("system_s", "s", "ru_stime", "CPU time in the kernel.") },
  { key: "maxRSS", scale: 1, feature: usage.gauge("resident_peak_kib", "KiB", "ru_maxrss", "Most resident memory.") },
  { key: "minorPageFault", scale: 1, feature: usage.counter("minor_faults", "1", "ru_minflt", "Faults without disk.") },
  { key: "majorPageFault", scale: 1, feature: usage.counter("major_faults", "1", "ru_majflt", "Faults with disk.") },
  { key: "fsRead", scale: 1, feature: usage.counter("disk_reads", "1", "ru_inblock", "Blocks read from disks.") },
  { key: "fsWrite", scale: 1, feature: usage.counter("disk_writes", "1", "ru_oublock", "Blocks written to disks.") },
  {
    key: "voluntaryContextSwitches",
    scale: 1,
    feature: usage.counter("voluntary_switches", "1", "ru_nvcsw", "Times a thread gave up its CPU, all threads."),
  },
  {
    key: "involuntaryContextSwitches",
    scale: 1,
    feature: usage.counter("forced_switches", "1", "ru_nivcsw", "Times a thread was taken off its CPU, all threads."),
  },
] as const;

/** What the process that it is read in has used so far, and how busy its event loop was. */
export const runtimeSelf: Source = {
  features: [
    ...USAGE.map((field) => field.feature),
    loop.counter("active_ms", "ms", "active", "Time the event loop was busy; an inference blocks it."),
    loop.counter("idle_ms", "ms", "idle", "Time the event loop waited."),
  ],
  open: () => ({
    read(values, at) {
      const used = process.resourceUsage();
      for (const [index, { key, scale }] of USAGE.entries()) values[at + index] = used[key] * scale;
      const { active, idle } = performance.eventLoopUtilization();
      values[at + USAGE.length] = active;
      values[at + USAGE.length + 1] = idle;
    },
    problem: () => undefined,
    close: () => undefined,
  }),
};
