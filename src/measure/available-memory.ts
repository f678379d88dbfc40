import { totalmem } from "node:os";
import { BYTES_PER_MIB } from "../core/units.js";
import type { ExecutionProvider } from "../design/design.js";
import { openGpuMemory } from "../hardware/nvidia/gpu-memory.js";

/** The memory of what runs the model: that of a GPU where NVML knows it, else the machine's. */
export function availableMemoryMib(provider: ExecutionProvider): number {
  return (provider === "cpu" ? undefined : gpuMemoryMib(provider)) ?? hostMemoryMib();
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

/** The memory that a process can have here: the machine's, or the container's where that is less. */
function hostMemoryMib(): number {
  const constrained = process.constrainedMemory();
  const total = totalmem();
  return (constrained > 0 && constrained < total ? constrained : total) / BYTES_PER_MIB;
}
