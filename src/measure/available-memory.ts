import type { ExecutionProvider } from "../design/design.js";
import { ownMemoryMib } from "../hardware/kernel/own-limits.js";
import { openGpuMemory } from "../hardware/nvidia/gpu-memory.js";

/** The memory of what runs the model: that of a GPU where NVML knows it, else the machine's. */
export function availableMemoryMib(provider: ExecutionProvider): number {
  return (provider === "cpu" ? undefined : gpuMemoryMib(provider)) ?? ownMemoryMib();
}

function gpuMemoryMib(provider: ExecutionProvider): number | undefined {
  const isCuda = provider === "cuda" || provider === "tensorrt";
  const memory = openGpuMemory();
  try {
    return memory?.ofUsedDeviceMib(isCuda ? process.env : {});
  } finally {
    memory?.close();
  }
}
