import { LINUX_SOURCES } from "../kernel/linux-sources.js";
import { PORTABLE_SOURCES } from "../kernel/portable-source.js";
import { gpuSource } from "../nvidia/gpu-source.js";
import type { Nvml } from "../nvidia/nvml.js";
import type { Source } from "../reading/source.js";

/** What the sampler reads on a platform without GPUs. */
export function machineSources(platform: NodeJS.Platform): readonly Source[] {
  return platform === "linux" ? LINUX_SOURCES : PORTABLE_SOURCES;
}

/** What the sampler reads, the NVIDIA devices included: those asked for, or all that NVML knows. */
export function samplerSources(
  platform: NodeJS.Platform,
  nvml: Nvml | undefined,
  gpus?: readonly number[],
): readonly Source[] {
  if (nvml === undefined) return machineSources(platform);
  const indices = gpus ?? Array.from({ length: nvml.deviceCount }, (_, index) => index);
  return [...machineSources(platform), ...indices.map((index) => gpuSource(nvml, index))];
}
