import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Feature } from "../reading/feature.js";
import { featureGroup } from "../reading/feature-group.js";
import { keepOpen, readNumber } from "../reading/kept-file.js";
import { type KeyedField, openKeyedFile } from "../reading/keyed-file-source.js";
import { readText } from "../reading/list-folder.js";
import type { Place, Reader, Source } from "../reading/source.js";
import { type CgroupFolder, cgroupFolder } from "./cgroup-folders.js";

const group = featureGroup("cgroup", "process", "cgroup");
const NANO = 1e-9;
const MICRO = 1e-6;
const KIB = 1 / 1024;

type Controller = Parameters<typeof cgroupFolder>[1];

/** A file of a controller, the key in it (none: the file is one number), and the scale to the feature's unit. */
type FileField = readonly [controller: Controller, file: string, key: string | undefined, scale: number];

/** A feature, and where it is read from. */
interface CgroupField {
  readonly feature: Feature;
  readonly v2: FileField;
  readonly v1?: FileField;
  /** Whether it is summed over the group and those above it: whose limit was hit counts it. */
  readonly onPath?: boolean;
}

const FIELDS: readonly CgroupField[] = [
  {
    feature: group.gauge("memory_kib", "KiB", "memory.current (v1: usage_in_bytes)", "Memory of the control group."),
    v2: ["memory", "memory.current", undefined, KIB],
    v1: ["memory", "memory.usage_in_bytes", undefined, KIB],
  },
  {
    feature: group.gauge("memory_peak_kib", "KiB", "memory.peak (v1: max_usage_in_bytes)", "Most it ever had."),
    v2: ["memory", "memory.peak", undefined, KIB],
    v1: ["memory", "memory.max_usage_in_bytes", undefined, KIB],
  },
  {
    feature: group.gauge("swap_kib", "KiB", "memory.swap.current", "Swap space of the control group."),
    v2: ["memory", "memory.swap.current", undefined, KIB],
  },
  {
    feature: group.counter(
      "memory_limit_hits",
      "1",
      "memory.events.local max (v1: failcnt)",
      "Times that its limit, or one above it, was hit.",
    ),
    v2: ["memory", "memory.events.local", "max", 1],
    v1: ["memory", "memory.failcnt", undefined, 1],
    onPath: true,
  },
  {
    feature: group.counter(
      "oom_kills",
      "1",
      "memory.events.local oom_kill (v1: oom_control)",
      "Processes killed for want of memory, in it and in the groups above it.",
    ),
    v2: ["memory", "memory.events.local", "oom_kill", 1],
    v1: ["memory", "memory.oom_control", "oom_kill", 1],
    onPath: true,
  },
  {
    feature: group.counter("cpu_s", "s", "cpu.stat usage_usec (v1: cpuacct.usage)", "CPU time of the control group."),
    v2: ["cpu", "cpu.stat", "usage_usec", MICRO],
    v1: ["cpuacct", "cpuacct.usage", undefined, NANO],
  },
  {
    feature: group.counter("periods", "1", "cpu.stat nr_periods", "Periods in which its CPU time was limited."),
    v2: ["cpu", "cpu.stat", "nr_periods", 1],
    v1: ["cpu", "cpu.stat", "nr_periods", 1],
  },
  {
    feature: group.counter("throttled_periods", "1", "cpu.stat nr_throttled", "Periods in which it used its time up."),
    v2: ["cpu", "cpu.stat", "nr_throttled", 1],
    v1: ["cpu", "cpu.stat", "nr_throttled", 1],
  },
  {
    feature: group.counter(
      "throttled_s",
      "s",
      "cpu.stat throttled_usec (v1: throttled_time)",
      "Time it had to stand still.",
    ),
    v2: ["cpu", "cpu.stat", "throttled_usec", MICRO],
    v1: ["cpu", "cpu.stat", "throttled_time", NANO],
  },
  {
    feature: group.gauge("processes", "1", "pids.current", "Processes and threads of the control group."),
    v2: ["pids", "pids.current", undefined, 1],
    v1: ["pids", "pids.current", undefined, 1],
  },
];

const LIMITS = [
  group.gauge(
    "memory_limit_kib",
    "KiB",
    "memory.max (v1: limit_in_bytes)",
    "Most memory it may have; empty: no limit.",
  ),
  group.gauge("cpu_limit_cores", "1", "cpu.max (v1: cfs_quota_us)", "CPUs' worth of time it may use; empty: no limit."),
  group.gauge("processes_limit", "1", "pids.max", "Most processes and threads it may have; empty: no limit."),
];

/** The limits of the container or control group that the measured process lives in, and how hard it hits them. */
export const cgroup: Source = {
  features: [...FIELDS.map((field) => field.feature), ...LIMITS],
  open: openCgroup,
};

function openCgroup(place: Place): Reader {
  const keyed = new Map<string, { fields: KeyedField[]; slots: number[] }>();
  const parts: { reader: Reader; slots: readonly number[] }[] = [];
  for (const [slot, field] of FIELDS.entries()) {
    const { paths, key, scale } = locate(place, field);
    for (const path of paths) {
      if (key === undefined) {
        parts.push({ reader: openNumber(path, scale), slots: [slot] });
        continue;
      }
      const shared = keyed.get(path) ?? { fields: [], slots: [] };
      shared.fields.push({ feature: field.feature, keys: [key], scale });
      shared.slots.push(slot);
      keyed.set(path, shared);
    }
  }
  for (const [path, { fields, slots }] of keyed) parts.push({ reader: openKeyedFile(path, fields), slots });
  const limits = readCgroupLimits(place);
  const found = new Float64Array(FIELDS.length);
  return {
    read(values, at, elapsedMs) {
      values.fill(Number.NaN, at, at + cgroup.features.length);
      for (const { reader, slots } of parts) {
        reader.read(found, 0, elapsedMs);
        for (const [index, slot] of slots.entries()) {
          const value = found[index] ?? Number.NaN;
          if (Number.isNaN(value)) continue;
          const others = values[at + slot] ?? Number.NaN;
          values[at + slot] = Number.isNaN(others) ? value : others + value;
        }
      }
      values[at + FIELDS.length] = limits.memoryKib ?? Number.NaN;
      values[at + FIELDS.length + 1] = limits.cpuCores ?? Number.NaN;
      values[at + FIELDS.length + 2] = limits.processes ?? Number.NaN;
    },
    problem: () => (parts.length === 0 ? "the process is in no control group that can be read" : undefined),
    close() {
      for (const { reader } of parts) reader.close();
    },
  };
}

/** The limits of a process's control group and of the groups above it; a limit that is not set is left out. */
export function readCgroupLimits(place: Place): { memoryKib?: number; cpuCores?: number; processes?: number } {
  const memory = cgroupFolder(place, "memory");
  const cpu = cgroupFolder(place, "cpu");
  const memoryFile = memory?.version === 2 ? "memory.max" : "memory.limit_in_bytes";
  const memoryKib = lowest(memory, (folder) => Number(readText(join(folder, memoryFile)) ?? NaN) / 1024);
  const cpuCores = lowest(cpu, (folder) => {
    const [quota, period] =
      cpu?.version === 2
        ? (readText(join(folder, "cpu.max")) ?? "").split(" ")
        : [readText(join(folder, "cpu.cfs_quota_us")), readText(join(folder, "cpu.cfs_period_us"))];
    return Number(quota) / Number(period);
  });
  const processes = lowest(cgroupFolder(place, "pids"), (folder) => Number(readText(join(folder, "pids.max")) ?? NaN));
  return {
    ...(memoryKib !== undefined && { memoryKib }),
    ...(cpuCores !== undefined && { cpuCores }),
    ...(processes !== undefined && { processes }),
  };
}

/** No limit is written as "max", as −1, or (v1 memory) as a number near 2^63. */
function lowest(group: CgroupFolder | undefined, read: (folder: string) => number): number | undefined {
  const limits = (group?.lineage ?? []).map(read).filter((limit) => limit > 0 && limit < 2 ** 52);
  return limits.length > 0 ? Math.min(...limits) : undefined;
}

/** The files that a feature is read from, of the layout in which the controller is there. */
function locate(place: Place, { v2, v1, onPath = false }: CgroupField) {
  for (const [version, field] of [[1, v1] as const, [2, v2] as const]) {
    if (field === undefined) continue;
    const [controller, file, key, scale] = field;
    const found = cgroupFolder(place, controller);
    if (found?.version !== version) continue;
    // Kernels before 5.2 have no file of a group's own events; that of all below it stands in.
    const ownFile = file.endsWith(".local") && !existsSync(join(found.folder, file)) ? file.slice(0, -6) : file;
    const folders = onPath && ownFile === file ? found.lineage : [found.folder];
    return { paths: folders.map((folder) => join(folder, ownFile)), key, scale };
  }
  return { paths: [], key: undefined, scale: 1 };
}

function openNumber(path: string, scale: number): Reader {
  const file = keepOpen(path);
  return {
    read(values, at) {
      values[at] = readNumber(file) * scale;
    },
    problem: () => file.problem,
    close: file.close,
  };
}
