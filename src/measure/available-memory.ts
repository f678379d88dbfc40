import { totalmem } from "node:os";
import { BYTES_PER_MIB } from "../core/units.js";
import type { ExecutionProvider } from "../design/design.js";
import { gpuMemoryTotalMib } from "../hardware/gpu-memory.js";

/** The memory of what runs the model: the GPUs' where NVML knows it, else the machine's. */
export function availableMemoryMib(provider: ExecutionProvider): number {
  return (provider === "cpu" ? undefined : gpuMemoryTotalMib()) ?? hostMemoryMib();
}

/** The memory that a process can have here: the machine's, or the container's where that is less. */
function hostMemoryMib(): number {
  const constrained = process.constrainedMemory();
  const total = totalmem();
  return (constrained > 0 && constrained < total ? constrained : total) / BYTES_PER_MIB;
}
