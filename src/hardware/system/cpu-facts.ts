import { join } from "node:path";
import { cpusInList } from "../../core/cpu-list.js";
import { listFolder, readText } from "../reading/list-folder.js";
import type { Place } from "../reading/source.js";
import type { Found } from "./finding.js";

/** The cores that this process may use, and which of them are threads of one physical core. */
export interface CoreFacts {
  readonly allowed: readonly number[];
  /** How many are online, those that it may not use included. */
  readonly online: number;
  /**
   * CPUs that share a physical core with each other, one of them allowed at least: each group as the kernel lists it.
   */
  readonly siblings: Found<readonly string[]>;
}

/** What decides on the clock of the CPUs. */
export interface CpuSettings {
  /** The governors of the clock, each once. */
  readonly governors: Found<readonly string[]>;
  readonly turbo: Found<boolean>;
}

/** Reads which cores the process at a place may use. */
export function readCores({ procRoot, sysRoot, pid }: Place): Found<CoreFacts> {
  const status = readText(join(procRoot, String(pid), "status"));
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(status ?? "")?.[1];
  if (list === undefined) return { unknown: `no list of allowed cores in ${join(procRoot, String(pid), "status")}` };
  const allowed = cpusInList(list);
  const cpus = join(sysRoot, "devices/system/cpu");
  const online = readText(join(cpus, "online"));
  return {
    allowed,
    online: online === undefined ? allowed.length : cpusInList(online).length,
    siblings: readSiblings(cpus, allowed),
  };
}

/** Reads governor and turbo; a machine that hides its clocks shows neither. */
export function readCpuSettings({ sysRoot }: Place): CpuSettings {
  const cpus = join(sysRoot, "devices/system/cpu");
  const policies = listFolder(join(cpus, "cpufreq"), /^policy\d+$/);
  const governors = policies.flatMap((policy) => readText(join(cpus, "cpufreq", policy, "scaling_governor")) ?? []);
  const noTurbo = readText(join(cpus, "intel_pstate/no_turbo"));
  const boost = readText(join(cpus, "cpufreq/boost"));
  const hidden = { unknown: "this machine shows no CPU clocks, as most virtual machines do" };
  return {
    governors: governors.length > 0 ? [...new Set(governors)] : hidden,
    turbo: noTurbo !== undefined ? noTurbo === "0" : boost !== undefined ? boost === "1" : hidden,
  };
}

function readSiblings(cpus: string, allowed: readonly number[]): Found<readonly string[]> {
  const lists = allowed.map((cpu) => {
    const topology = join(cpus, `cpu${cpu}`, "topology");
    return readText(join(topology, "core_cpus_list")) ?? readText(join(topology, "thread_siblings_list"));
  });
  if (lists.includes(undefined)) return { unknown: "this machine does not show which CPUs share a core" };
  return [...new Set(lists.filter((list) => list !== undefined && cpusInList(list).length > 1))] as string[];
}
