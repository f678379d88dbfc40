import type { CoreFacts, CpuSettings } from "./cpu-facts.js";
import { type Found, isUnknown, type SystemFinding } from "./finding.js";
import type { LimitFacts } from "./kernel-facts.js";
import type { SystemFacts } from "./system-facts.js";

/** How the machine is at any time, until somebody sets it up otherwise. */
export function judgeSettings({ cores, clock, limits, hugePages }: SystemFacts): SystemFinding[] {
  return [
    coresFinding(cores),
    siblingsFinding(cores),
    limitFinding(limits, cores),
    governorFinding(clock.governors),
    turboFinding(clock.turbo),
    hugePagesFinding(hugePages),
  ];
}

function coresFinding(cores: Found<CoreFacts>): SystemFinding {
  const base = { name: "cores", about: "machine" } as const;
  if (isUnknown(cores)) return { ...base, verdict: "unknown", found: cores.unknown };
  const found = `${cores.allowed.length} of ${cores.online} may be used`;
  if (cores.allowed.length > 1) return { ...base, verdict: "good", found };
  return {
    ...base,
    verdict: "caution",
    found,
    remedy: "give it a second core: the monitor and the system take time from the only one",
  };
}

function siblingsFinding(cores: Found<CoreFacts>): SystemFinding {
  const base = { name: "smt siblings", about: "machine" } as const;
  if (isUnknown(cores)) return { ...base, verdict: "unknown", found: cores.unknown };
  const { siblings } = cores;
  if (isUnknown(siblings)) return { ...base, verdict: "unknown", found: siblings.unknown };
  if (siblings.length === 0)
    return { ...base, verdict: "good", found: "no two CPUs share a core, as far as the machine shows" };
  const shown = `${siblings.slice(0, 4).join(", ")}${siblings.length > 4 ? ", …" : ""}`;
  return {
    ...base,
    verdict: "caution",
    found: `CPUs share a core: ${shown}`,
    remedy: "allow one CPU of each core (taskset --cpu-list), or switch SMT off (/sys/devices/system/cpu/smt/control)",
  };
}

function limitFinding(limits: Found<LimitFacts>, cores: Found<CoreFacts>): SystemFinding {
  const base = { name: "limits", about: "machine" } as const;
  if (isUnknown(limits)) return { ...base, verdict: "unknown", found: limits.unknown };
  const { cpuCores, memoryMib, throttledPeriods } = limits;
  const memory = memoryMib === undefined ? "" : `, ${memoryMib} MiB of memory`;
  if (cpuCores === undefined) {
    return { ...base, verdict: "good", found: memory === "" ? "none" : `no limit of CPU time${memory}` };
  }
  const found = `CPU time of ${Number(cpuCores.toFixed(2))} cores${memory}`;
  const remedy = "give the container as much CPU time as cores, or pin it to fewer cores in place of a limit";
  if (throttledPeriods > 0) {
    return { ...base, verdict: "bad", found: `${found}; used up in ${throttledPeriods} periods just now`, remedy };
  }
  const enough = !isUnknown(cores) && cpuCores >= cores.allowed.length;
  return { ...base, found, ...(enough ? { verdict: "good" } : { verdict: "caution", remedy }) };
}

function governorFinding(governors: CpuSettings["governors"]): SystemFinding {
  const base = { name: "governor", about: "machine" } as const;
  if (isUnknown(governors)) return { ...base, verdict: "unknown", found: governors.unknown };
  const found = governors.join(", ");
  if (found === "performance") return { ...base, verdict: "good", found };
  return {
    ...base,
    verdict: "caution",
    found: `${found}: the clock is low until there is work`,
    remedy: "set it to performance (cpupower frequency-set --governor performance)",
  };
}

function turboFinding(turbo: CpuSettings["turbo"]): SystemFinding {
  const base = { name: "turbo", about: "machine" } as const;
  if (isUnknown(turbo)) return { ...base, verdict: "unknown", found: turbo.unknown };
  if (!turbo) return { ...base, verdict: "good", found: "off" };
  return {
    ...base,
    verdict: "caution",
    found: "on: the clock depends on heat and on what the other cores do",
    remedy: "switch it off to compare (intel_pstate/no_turbo or cpufreq/boost), or say that it was on",
  };
}

function hugePagesFinding(mode: SystemFacts["hugePages"]): SystemFinding {
  const base = { name: "huge pages", about: "machine" } as const;
  if (isUnknown(mode)) return { ...base, verdict: "unknown", found: mode.unknown };
  if (mode !== "always") return { ...base, verdict: "good", found: mode };
  return {
    ...base,
    verdict: "caution",
    found: "always: the kernel clears 2 MiB at a time, when it has them",
    remedy: "set /sys/kernel/mm/transparent_hugepage/enabled to madvise where first inferences vary",
  };
}
