import { mibFromBytes } from "../core/units.js";
import { type Nvml, openNvml, type StatusFunction } from "./nvml.js";

/** sizeof(nvmlProcessInfo_t), versions 2 and 3: u32 pid, 4 unused, u64 bytes, u32 GPU instance, u32 compute instance. */
const BYTES_PER_PROCESS = 24;
/** sizeof(nvmlProcessInfo_v1_t): u32 pid, 4 unused, u64 bytes. */
const BYTES_PER_OLD_PROCESS = 16;
const MOST_PROCESSES = 256;
/** What the library writes where the operating system does not tell it (Windows). */
const NOT_AVAILABLE = 0xffff_ffff_ffff_ffffn;

/** Reads how many programs compute on a device, and the memory of one of them. */
export type GpuProcessReader = (pid: number) => { readonly processes: number; readonly memoryMib: number };

export function openGpuProcesses(nvml: Nvml, device: bigint): GpuProcessReader {
  const names = ["nvmlDeviceGetComputeRunningProcesses_v3", "nvmlDeviceGetComputeRunningProcesses_v2"];
  const parameters = ["uintptr_t", "void *", "void *"];
  const newer = nvml.statusFunction(names, parameters);
  const call: StatusFunction | undefined =
    newer ?? nvml.statusFunction(["nvmlDeviceGetComputeRunningProcesses"], parameters);
  const stride = newer === undefined ? BYTES_PER_OLD_PROCESS : BYTES_PER_PROCESS;
  const count = Buffer.alloc(4);
  const infos = Buffer.alloc(MOST_PROCESSES * BYTES_PER_PROCESS);
  return (pid) => {
    count.writeUInt32LE(MOST_PROCESSES);
    if (call?.(device, count, infos) !== 0) return { processes: Number.NaN, memoryMib: Number.NaN };
    const processes = Math.min(count.readUInt32LE(), MOST_PROCESSES);
    let memoryMib = 0;
    for (let start = 0; start < processes * stride; start += stride) {
      if (infos.readUInt32LE(start) !== pid) continue;
      const bytes = infos.readBigUInt64LE(start + 8);
      memoryMib += bytes === NOT_AVAILABLE ? Number.NaN : mibFromBytes(Number(bytes));
    }
    return { processes, memoryMib };
  };
}

/**
 * Memory that a process has on all NVIDIA devices together, for memory budgets; undefined where it can't be told.
 * A process in a container may be known to the driver by another id.
 */
export function gpuMemoryOfProcess(pid: number, path?: string): number | undefined {
  return overDevices(path, (nvml, device) => openGpuProcesses(nvml, device)(pid).memoryMib);
}

/** Memory of all NVIDIA devices together, undefined where there is none. */
export function gpuMemoryTotalMib(path?: string): number | undefined {
  return overDevices(path, (nvml, device) => gpuMemoryOfDeviceMib(nvml, device) ?? Number.NaN);
}

export function gpuMemoryOfDeviceMib(nvml: Nvml, device: bigint): number | undefined {
  const memory = Buffer.alloc(24); // nvmlMemory_t: u64 total, u64 free, u64 used
  const status = nvml.statusFunction(["nvmlDeviceGetMemoryInfo"], ["uintptr_t", "void *"])?.(device, memory);
  return status === 0 ? mibFromBytes(Number(memory.readBigUInt64LE())) : undefined;
}

function overDevices(path: string | undefined, read: (nvml: Nvml, device: bigint) => number): number | undefined {
  const nvml = openNvml(path);
  if (nvml === undefined) return undefined;
  try {
    let sum = Number.NaN;
    for (let index = 0; index < nvml.deviceCount; index++) {
      const device = nvml.device(index);
      const value = device === undefined ? Number.NaN : read(nvml, device);
      if (!Number.isNaN(value)) sum = (Number.isNaN(sum) ? 0 : sum) + value;
    }
    return Number.isNaN(sum) ? undefined : sum;
  } finally {
    nvml.close();
  }
}
