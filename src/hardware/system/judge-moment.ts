import { type Found, graded, isUnknown, type SystemFinding } from "./finding.js";
import type { HeatFacts, MemoryFacts, SwapFacts } from "./kernel-facts.js";
import type { BusyProcess, LoadFacts } from "./other-load.js";
import type { SystemFacts } from "./system-facts.js";
import type { SliceFacts } from "./time-slices.js";

/** A trial gets a caution from here on, too: the operating system's own work stays below it. */
const OTHER_LOAD_CORES = 0.25;
/** With a quarter of the cores busy, a trial that uses all of them has to share one. */
const OTHER_LOAD_BAD_SHARE = 0.25;
/** Shares of time from which there is a caution, and from which it is bad. */
const WAITED = { caution: 0.05, bad: 0.2 } as const;
const STOLEN = { caution: 0.02, bad: 0.1 } as const;
/**
 * A virtual machine of a shared host with nothing else in it lost 5 %: a tenth of its slices took 1.4 times as long.
 */
const LOST = { caution: 0.1, bad: 0.25 } as const;
const LITTLE_MEMORY = 0.1;
const MUCH_SWAP = 0.05;
const HOT_C = 90;

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

function loadFinding(load: Found<LoadFacts>): SystemFinding {
  const base = { name: "other load", about: "moment" } as const;
  if (isUnknown(load)) return { ...base, verdict: "unknown", found: load.unknown };
  const { otherCores, allowedCores, processes } = load;
  const bad = Math.max(OTHER_LOAD_CORES, OTHER_LOAD_BAD_SHARE * allowedCores);
  const verdict = graded(otherCores, { caution: OTHER_LOAD_CORES, bad });
  const found = `${otherCores.toFixed(2)} of ${allowedCores} cores`;
  if (verdict === "good") return { ...base, verdict, found };
  const remedy = "stop it, or measure when it has ended";
  if (processes === undefined) return { ...base, verdict, found, remedy };
  const named = processes.reduce((sum, { cores }) => sum + cores, 0);
  const rest = otherCores - named;
  const others = rest > OTHER_LOAD_CORES / 2 ? [`${rest.toFixed(2)} that can't be seen or has ended`] : [];
  return {
    ...base,
    verdict,
    found: `${found}: ${[...processes.map(processText), ...others].join(", ")}`,
    remedy,
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
    found: `a loop lost ${percent(hidden)} to the host, to work beside it or to a changing clock (${slow})`,
    remedy: "stop other work, use a host with cores of its own or a fixed clock, and take more trials",
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

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`;
}
