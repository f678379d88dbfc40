import { setTimeout as delay } from "node:timers/promises";
import { monotonicMs } from "../../core/clock.js";
import { openNvml } from "../nvidia/nvml.js";
import { LIVE_ROOTS, type Place } from "../reading/source.js";
import { readCores, readCpuSettings } from "./cpu-facts.js";
import { isUnknown } from "./finding.js";
import { readGpus } from "./gpu-facts.js";
import { judgeSystem, type SystemJudgement } from "./judge-system.js";
import { heatOf, memoryOf, readHugePages, readKernelValues, readLimits, swapOf } from "./kernel-facts.js";
import { otherLoad, readCpuSnapshot } from "./other-load.js";
import type { SystemFacts } from "./system-facts.js";
import { timeSlices } from "./time-slices.js";
import { touchFreshMemory } from "./touch-memory.js";

/** What was seen of a machine, and what it means for measuring on it. */
export interface SystemCheck extends SystemJudgement {
  /** How long the look took, from its begin to its end. */
  readonly lookedMs: number;
  /** CPU time that it took itself: reading, the loop and the touches of memory. */
  readonly cpuMs: number;
  readonly facts: SystemFacts;
}

/** How hard a look tries. */
export interface SystemProbes {
  /** How long the loop runs that shows lost time. */
  readonly loopMs: number;
  /** How often fresh memory is touched, and how much of it. */
  readonly touches: number;
  readonly touchedMib: number;
}

/** A look at the machine that has begun: others are what runs until it ends, whatever this process does meanwhile. */
export interface SystemLook {
  /** Loops, touches, looks again and judges. Keeps this thread busy. */
  end(probes: SystemProbes): SystemCheck;
}

/** The look of a sweep: it lasts as long as what a sweep prepares anyway, and adds a tenth of a second. */
export const SHORT_PROBES: SystemProbes = { loopMs: 40, touches: 1, touchedMib: 4 };

const LONG_PROBES: SystemProbes = { loopMs: 500, touches: 5, touchedMib: 32 };
const WATCH_MS = 1000;

/**
 * Begins to look at this machine.
 *
 * @param place recorded kernel files in tests
 * @param nvmlPath NVIDIA's library; another one stands in for it in tests
 */
export function beginSystemLook(place: Place = { ...LIVE_ROOTS, pid: process.pid }, nvmlPath?: string): SystemLook {
  const startedMs = monotonicMs();
  const startedCpuMs = usedCpuMs();
  const values = readKernelValues(place);
  const snapshot = readCpuSnapshot(place.procRoot, monotonicMs());
  const beginCpuMs = usedCpuMs() - startedCpuMs;
  return {
    end({ loopMs, touches, touchedMib }) {
      const endStartedCpuMs = usedCpuMs();
      const slices = timeSlices(loopMs);
      const touch = touchFreshMemory(touches, touchedMib);
      const cores = readCores(place);
      const after = readKernelValues(place);
      const allowed = isUnknown(cores) ? undefined : cores.allowed;
      const load = otherLoad(snapshot, readCpuSnapshot(place.procRoot, monotonicMs()), place.pid, allowed);
      const nvml = openNvml(nvmlPath);
      const facts: SystemFacts = {
        cores,
        clock: readCpuSettings(place),
        limits: readLimits(place, values, after),
        memory: memoryOf(after),
        hugePages: readHugePages(place),
        swap: swapOf(values, after),
        load,
        slices,
        touch,
        heat: heatOf(values, after),
        gpus: readGpus(nvml),
      };
      nvml?.close();
      return {
        ...judgeSystem(facts),
        lookedMs: Math.round(monotonicMs() - startedMs),
        cpuMs: Math.round(beginCpuMs + usedCpuMs() - endStartedCpuMs),
        facts,
      };
    },
  };
}

/**
 * Looks at this machine for some two seconds: is it fit for measuring? What can't be seen here, all of the kernel's
 * files outside Linux, is `unknown` with the reason.
 *
 * @example
 * const { verdict, summary } = await checkSystem();
 */
export async function checkSystem(): Promise<SystemCheck> {
  const look = beginSystemLook();
  await delay(WATCH_MS);
  return look.end(LONG_PROBES);
}

function usedCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
