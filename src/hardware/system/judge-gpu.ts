import { graded, type SystemFinding } from "./finding.js";
import type { GpuFacts } from "./gpu-facts.js";

const BUSY_PERCENT = { caution: 5, bad: 50 } as const;

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
  const verdict = graded(utilisationPercent, BUSY_PERCENT);
  return { ...base, verdict, found, ...(verdict !== "good" && { remedy: "stop the other programs on it" }) };
}
