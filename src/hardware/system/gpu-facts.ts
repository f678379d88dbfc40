import { gpuFeatures, gpuSource } from "../nvidia/gpu-source.js";
import type { Nvml } from "../nvidia/nvml.js";
import { LIVE_ROOTS } from "../reading/source.js";
import { openRecorder } from "../sampling/recorder.js";

/** State and settings of an NVIDIA device; undefined what it does not tell. */
export interface GpuFacts {
  readonly smClockMhz: number | undefined;
  readonly smClockMaxMhz: number | undefined;
  /** Whether the clocks are held at what was set. */
  readonly clocksHeld: boolean | undefined;
  /** Whether they are low because there is no work: then nothing tells whether they are held. */
  readonly idle: boolean | undefined;
  readonly persistenceMode: boolean | undefined;
  readonly utilisationPercent: number | undefined;
  /** Programs that compute on it. */
  readonly processes: number | undefined;
  readonly temperatureC: number | undefined;
  /** Why its clocks are lowered just now: heat or power. */
  readonly throttledBy: readonly string[];
}

const THROTTLES = ["thermal_software", "thermal_hardware", "hardware_slowdown", "power_brake", "power_cap"];

/** What NVML says of every device; none without NVML. */
export function readGpus(nvml: Nvml | undefined): GpuFacts[] {
  if (nvml === undefined) return [];
  return Array.from({ length: nvml.deviceCount }, (_, index) => {
    const recorder = openRecorder([gpuSource(nvml, index)], { ...LIVE_ROOTS, pid: process.pid });
    const { values } = recorder.record();
    recorder.close();
    const names = gpuFeatures(index).map(({ name }) => name.slice(name.indexOf("/") + 1));
    return gpuFactsOf((name) => {
      const value = values[names.indexOf(name)];
      return value === undefined || Number.isNaN(value) ? undefined : value;
    });
  });
}

/** The facts of a device, from its features' values by name. */
function gpuFactsOf(numberOf: (name: string) => number | undefined): GpuFacts {
  const flagOf = (name: string) => {
    const flag = numberOf(name);
    return flag === undefined ? undefined : flag === 1;
  };
  return {
    smClockMhz: numberOf("sm_clock_mhz"),
    smClockMaxMhz: numberOf("sm_clock_max_mhz"),
    clocksHeld: flagOf("throttle_application_clocks"),
    idle: flagOf("throttle_idle"),
    persistenceMode: flagOf("persistence_mode"),
    utilisationPercent: numberOf("utilisation_percent"),
    processes: numberOf("processes"),
    temperatureC: numberOf("temperature_c"),
    throttledBy: THROTTLES.filter((reason) => flagOf(`throttle_${reason}`)),
  };
}
