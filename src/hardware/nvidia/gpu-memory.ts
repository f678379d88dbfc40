import { mibFromBytes } from "../../core/units.js";
import { type Nvml, openNvml, type StatusFunction } from "./nvml.js";

/**
 * sizeof(nvmlProcessInfo_t), versions 2 and 3: u32 pid, 4 unused, u64 bytes, u32 GPU instance, u32 compute instance.
 */
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

/** Memory of GPUs, for memory budgets. */
export interface GpuMemory {
  /**
   * Memory that a process has on all devices together; undefined where it can't be told. A process in a container may
   * be known to the driver by another id.
   */
  ofProcessMib(pid: number): number | undefined;
  /** Memory of the device that a model runs on: of the first that CUDA shows, or the least of those that it may be. */
  ofUsedDeviceMib(environment: CudaEnvironment): number | undefined;
  close(): void;
}

/** What tells CUDA which devices there are, and in which order. */
export interface CudaEnvironment {
  readonly CUDA_VISIBLE_DEVICES?: string | undefined;
  readonly CUDA_DEVICE_ORDER?: string | undefined;
}

/** Opens NVML for as long as memory is watched; undefined where there is none. */
export function openGpuMemory(path?: string): GpuMemory | undefined {
  const nvml = openNvml(path);
  if (nvml === undefined) return undefined;
  const devices = Array.from({ length: nvml.deviceCount }, (_, index) => nvml.device(index));
  const readers = devices.flatMap((device) => (device === undefined ? [] : [openGpuProcesses(nvml, device)]));
  return {
    ofProcessMib(pid) {
      const known = readers.map((read) => read(pid).memoryMib).filter((memoryMib) => !Number.isNaN(memoryMib));
      return known.length === 0 ? undefined : known.reduce((sum, memoryMib) => sum + memoryMib, 0);
    },
    ofUsedDeviceMib(environment) {
      const used = devicesThatMayBeFirst(nvml, devices, environment).map((device) =>
        gpuMemoryOfDeviceMib(nvml, device),
      );
      const known = used.filter((memoryMib) => memoryMib !== undefined);
      return known.length === 0 ? undefined : Math.min(...known);
    },
    close: () => nvml.close(),
  };
}

/**
 * The devices that CUDA may count as its first: NVML counts in the order of the bus, CUDA the fastest first unless
 * `CUDA_DEVICE_ORDER` is `PCI_BUS_ID`.
 *
 * Source: CUDA C++ Programming Guide, "CUDA Environment Variables".
 */
function devicesThatMayBeFirst(
  nvml: Nvml,
  devices: readonly (bigint | undefined)[],
  { CUDA_VISIBLE_DEVICES: visible, CUDA_DEVICE_ORDER: order }: CudaEnvironment,
): bigint[] {
  const all = devices.filter((device) => device !== undefined);
  const first = visible === undefined ? "0" : (visible.split(",")[0]?.trim() ?? "");
  if (first.startsWith("MIG-")) return all;
  if (first.startsWith("GPU-")) {
    return all.filter((device) => nvml.text("nvmlDeviceGetUUID", device)?.startsWith(first));
  }
  if (!/^\d+$/.test(first) || Number(first) >= devices.length) return []; // CUDA shows none
  const [counted] = devices.slice(Number(first));
  return order === "PCI_BUS_ID" ? (counted === undefined ? [] : [counted]) : all;
}

export function gpuMemoryOfDeviceMib(nvml: Nvml, device: bigint): number | undefined {
  const memory = Buffer.alloc(24); // nvmlMemory_t: u64 total, u64 free, u64 used
  const status = nvml.statusFunction(["nvmlDeviceGetMemoryInfo"], ["uintptr_t", "void *"])?.(device, memory);
  return status === 0 ? mibFromBytes(Number(memory.readBigUInt64LE())) : undefined;
}
