import { type Found, isUnknown, type SystemFinding, type SystemVerdict } from "./finding.js";
import type { GpuFacts } from "./gpu-facts.js";
import type { HeatFacts, MemoryFacts, SwapFacts } from "./kernel-facts.js";
import type { BusyProcess, LoadFacts } from "./other-load.js";
import type { SystemFacts } from "./system-facts.js";
import type { SliceFacts } from "./time-slices.js";

/** A trial gets a caution from here on, too: the operating system's own work stays below it. */
const OTHER_LOAD_CORES = 0.25;
/** With a quarter of the cores busy, a trial that uses all of them has to share one. */
const OTHER_LOAD_BAD_SHARE = 0.25;
/** Shares of time from which there is a caution, and from which it is bad. */
const WAITED = { caution: 0.02, bad: 0.1 } as const;
const STOLEN = { caution: 0.01, bad: 0.05 } as const;
/** Slices differ by some 2 % where nothing happens, by the timer and by the clock. */
const LOST = { caution: 0.05, bad: 0.2 } as const;
const LITTLE_MEMORY = 0.1;
const MUCH_SWAP = 0.05;
const HOT_C = 90;
const GPU_BUSY_PERCENT = { caution: 5, bad: 50 } as const;

/** What the machine does just now. */
export function judgeMoment({ load, slices, memory, swap, heat }: SystemFacts): SystemFinding[] {
  return [
    loadFinding(load),
    waitingFinding(slices),
    stolenFinding(load),
    lostFinding(slices, load),
    memoryFinding(memory),
    swapFinding(swap, memory),
    heatFinding(heat),
  ];
}

function graded(value: number, { caution, bad }: { caution: number; bad: number }): SystemVerdict {
  return value > bad ? "bad" : value > caution ? "caution" : "good";
}

function loadFinding(load: Found<LoadFacts>): SystemFinding {
  const base = { name: "other load", about: "moment" } as const;
  if (isUnknown(load)) return { ...base, verdict: "unknown", found: load.unknown };
  const { otherCores, allowedCores, processes } = load;
  const bad = Math.max(OTHER_LOAD_CORES, OTHER_LOAD_BAD_SHARE * allowedCores);
  const verdict = graded(otherCores, { caution: Math.min(OTHER_LOAD_CORES, bad), bad });
  const found = `${otherCores.toFixed(2)} of ${allowedCores} cores`;
  if (verdict === "good") return { ...base, verdict, found };
  const named = processes.reduce((sum, { cores }) => sum + cores, 0);
  const rest = otherCores - named;
  const others = rest > OTHER_LOAD_CORES / 2 ? [`${rest.toFixed(2)} that can't be seen or has ended`] : [];
  return {
    ...base,
    verdict,
    found: `${found}: ${[...processes.map(processText), ...others].join(", ")}`,
    remedy: "stop it, or measure when it has ended",
  };
}

function processText({ name, pids, cores }: BusyProcess): string {
  const who = pids.length === 1 ? `process ${pids[0]}` : `${pids.length} processes`;
  return `${name} ${cores.toFixed(2)} (${who})`;
}

function waitingFinding({ waitedRatio }: SliceFacts): SystemFinding {
  const base = { name: "waiting", about: "moment" } as const;
  if (waitedRatio === undefined) {
    return { ...base, verdict: "unknown", found: "this system does not count how long a thread waits for a core" };
  }
  const verdict = graded(waitedRatio, WAITED);
  const found = `a loop waited for a core in ${percent(waitedRatio)} of its time`;
  if (verdict === "good") return { ...base, verdict, found };
  return { ...base, verdict, found, remedy: "stop what competes for the cores, or give it others (taskset)" };
}

function stolenFinding(load: Found<LoadFacts>): SystemFinding {
  const base = { name: "stolen time", about: "moment" } as const;
  if (isUnknown(load)) return { ...base, verdict: "unknown", found: load.unknown };
  const { stolenRatio, stolenRatioSinceStart } = load;
  const verdict = graded(stolenRatio, STOLEN);
  const found = `the host counts ${percent(stolenRatio)} now, ${percent(stolenRatioSinceStart)} since the start`;
  if (verdict === "good") return { ...base, verdict, found };
  return { ...base, verdict, found, remedy: "use a host with cores of its own, or measure at another time" };
}

/** What is lost and neither waited for nor counted: a host that hides it, or a clock that changes. */
function lostFinding({ lostRatio, waitedRatio, slowRatio }: SliceFacts, load: Found<LoadFacts>): SystemFinding {
  const base = { name: "lost time", about: "moment" } as const;
  if (waitedRatio === undefined && lostRatio > LOST.caution) {
    const found = `a loop lost ${percent(lostRatio)} of its time, to whom this system does not tell`;
    return { ...base, verdict: graded(lostRatio, LOST), found, remedy: "stop other work, and look at the host" };
  }
  const counted = (waitedRatio ?? 0) + (isUnknown(load) ? 0 : load.stolenRatio);
  const hidden = Math.max(0, lostRatio - counted);
  const verdict = graded(hidden, LOST);
  const slow = `${percent(slowRatio)} of its slices were slow`;
  if (verdict === "good") return { ...base, verdict, found: `a loop lost ${percent(hidden)}, uncounted` };
  return {
    ...base,
    verdict,
    found: `a loop lost ${percent(hidden)} that nobody counts (${slow}): the host took it, or the clock changes`,
    remedy: "use a host with cores of its own or a fixed clock, and more trials",
  };
}

function memoryFinding(memory: Found<MemoryFacts>): SystemFinding {
  const base = { name: "memory", about: "moment" } as const;
  if (isUnknown(memory)) return { ...base, verdict: "unknown", found: memory.unknown };
  const { availableMib, totalMib } = memory;
  const found = `${availableMib} of ${totalMib} MiB available`;
  if (availableMib >= LITTLE_MEMORY * totalMib) return { ...base, verdict: "good", found };
  return { ...base, verdict: "caution", found, remedy: "free memory: larger cells will run out of it early" };
}

function swapFinding(swap: Found<SwapFacts>, memory: Found<MemoryFacts>): SystemFinding {
  const base = { name: "swap", about: "moment" } as const;
  if (isUnknown(swap)) return { ...base, verdict: "unknown", found: swap.unknown };
  const { totalMib, usedMib, movedPages } = swap;
  const remedy = "free memory, or switch swap off (swapoff --all)";
  if (movedPages > 0) return { ...base, verdict: "bad", found: `${movedPages} pages moved just now`, remedy };
  const found = totalMib === 0 ? "none" : `${usedMib} of ${totalMib} MiB in use, nothing moves`;
  const much = !isUnknown(memory) && usedMib > MUCH_SWAP * memory.totalMib;
  return much ? { ...base, verdict: "caution", found, remedy } : { ...base, verdict: "good", found };
}

function heatFinding(heat: Found<HeatFacts>): SystemFinding {
  const base = { name: "heat", about: "moment" } as const;
  if (isUnknown(heat)) return { ...base, verdict: "unknown", found: heat.unknown };
  const { hottestC, throttles, throttlesSinceStart } = heat;
  const temperature = hottestC === undefined ? [] : [`${Math.round(hottestC)} °C`];
  const remedy = "let it cool down, improve its cooling or lower its power limit";
  if (throttles !== undefined && throttles > 0) {
    const found = [...temperature, `slowed down for heat ${throttles} times just now`].join(", ");
    return { ...base, verdict: "bad", found, remedy };
  }
  const since = throttlesSinceStart === undefined ? [] : [`slowed down ${throttlesSinceStart} times since the start`];
  const found = [...temperature, ...since].join(", ");
  if (hottestC !== undefined && hottestC > HOT_C) return { ...base, verdict: "caution", found, remedy };
  return { ...base, verdict: "good", found };
}

/** What an NVIDIA device does, and how it is set up. */
export function judgeGpu(gpu: GpuFacts, index: number): SystemFinding[] {
  return [clocksFinding(gpu, index), persistenceFinding(gpu, index), gpuLoadFinding(gpu, index)];
}

function clocksFinding({ clocksHeld, idle, smClockMhz, smClockMaxMhz }: GpuFacts, index: number): SystemFinding {
  const base = { name: `gpu${index} clocks`, about: "machine" } as const;
  if (clocksHeld === undefined) return { ...base, verdict: "unknown", found: "its driver does not tell" };
  const clock = `${smClockMhz ?? "?"} of ${smClockMaxMhz ?? "?"} MHz`;
  if (clocksHeld) return { ...base, verdict: "good", found: `held at what was set, ${clock}` };
  const remedy = "lock them (nvidia-smi --lock-gpu-clocks), or say that they were not";
  if (idle)
    return { ...base, verdict: "unknown", found: `idle at ${clock}: only work shows whether they are held`, remedy };
  return { ...base, verdict: "caution", found: `not held, ${clock} now`, remedy };
}

function persistenceFinding({ persistenceMode }: GpuFacts, index: number): SystemFinding {
  const base = { name: `gpu${index} driver`, about: "machine" } as const;
  if (persistenceMode === undefined) return { ...base, verdict: "unknown", found: "it does not tell whether it stays" };
  if (persistenceMode) return { ...base, verdict: "good", found: "stays loaded (persistence mode)" };
  return {
    ...base,
    verdict: "caution",
    found: "is unloaded when no program runs, and loaded in the next trial",
    remedy: "switch persistence mode on (nvidia-smi --persistence-mode=1, or nvidia-persistenced)",
  };
}

function gpuLoadFinding({ utilisationPercent, processes, temperatureC, throttledBy }: GpuFacts, index: number) {
  const base = { name: `gpu${index} load`, about: "moment" } as const;
  const heat = temperatureC === undefined ? "" : `, ${temperatureC} °C`;
  if (throttledBy.length > 0) {
    const reasons = throttledBy.map((reason) => reason.replace("_", " ")).join(", ");
    const found = `its clocks are lowered (${reasons})${heat}`;
    return { ...base, verdict: "bad", found, remedy: "let it cool down, or raise its power limit" } as const;
  }
  if (utilisationPercent === undefined)
    return { ...base, verdict: "unknown", found: "its driver does not tell" } as const;
  const programs = processes === undefined ? "" : `, ${processes} programs`;
  const found = `${utilisationPercent} % busy${programs}${heat}`;
  const verdict = graded(utilisationPercent, GPU_BUSY_PERCENT);
  return { ...base, verdict, found, ...(verdict !== "good" && { remedy: "stop the other programs on it" }) };
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`;
}
