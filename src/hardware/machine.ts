import { accessSync, constants } from "node:fs";
import { arch, release } from "node:os";
import { delimiter, join } from "node:path";
import { cpu, mem, osInfo, system } from "systeminformation";
import { mibFromBytes } from "../core/units.js";
import { readCgroupLimits } from "./kernel/cgroup.js";
import { gpuMemoryOfDeviceMib } from "./nvidia/gpu-memory.js";
import { openNvml } from "./nvidia/nvml.js";
import { LIVE_ROOTS } from "./reading/source.js";

/** The machine that a dataset was measured on, without anything that names it or its owner. */
export interface MachineDescription {
  readonly cpuModel: string;
  readonly cpuVendor: string;
  readonly physicalCores: number;
  readonly logicalCores: number;
  readonly baseFrequencyGhz?: number;
  readonly l3CacheMib?: number;
  readonly governor?: string;
  readonly memoryMib: number;
  readonly swapMib: number;
  readonly architecture: string;
  readonly kernel: string;
  readonly operatingSystem: string;
  /** The hypervisor's name, "unknown hypervisor", or "none". */
  readonly virtualisation: string;
  /** The limits of the container or control group, where there are any. */
  readonly memoryLimitMib?: number;
  readonly cpuLimitCores?: number;
  readonly gpus: readonly GpuDescription[];
}

/** A GPU that the machine has. */
export interface GpuDescription {
  readonly model: string;
  readonly memoryMib?: number;
  readonly driver?: string;
  /** The CUDA version that the driver supports. */
  readonly cudaVersion?: number;
}

/** Describes this machine for a dataset's provenance. Takes about a second; call it outside measurements. */
export async function describeMachine(): Promise<MachineDescription> {
  const [processor, memory, os, board] = await Promise.all([cpu(), mem(), osInfo(), askBoard()]);
  const limits = readCgroupLimits({ ...LIVE_ROOTS, pid: process.pid });
  return {
    cpuModel: `${processor.manufacturer} ${processor.brand}`.trim(),
    cpuVendor: processor.vendor,
    physicalCores: processor.physicalCores,
    logicalCores: processor.cores,
    ...(processor.speed > 0 && { baseFrequencyGhz: processor.speed }),
    ...(processor.cache.l3 > 0 && { l3CacheMib: mibFromBytes(processor.cache.l3) }),
    ...(processor.governor && { governor: processor.governor }),
    memoryMib: Math.round(mibFromBytes(memory.total)),
    swapMib: Math.round(mibFromBytes(memory.swaptotal)),
    architecture: arch(),
    kernel: release(),
    operatingSystem: `${os.distro} ${os.release}`.trim(),
    virtualisation: virtualisation(processor.flags, board),
    ...(limits.memoryKib !== undefined && { memoryLimitMib: Math.round(limits.memoryKib / 1024) }),
    ...(limits.cpuCores !== undefined && { cpuLimitCores: limits.cpuCores }),
    gpus: describeGpus(),
  };
}

/** What asks for the board looks for its hypervisor with grep, and its shell would complain on standard error. */
async function askBoard(): Promise<{ virtual?: boolean; virtualHost?: string }> {
  return process.platform === "linux" && !isOnPath("grep") ? {} : system();
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function virtualisation(flags: string, board: { virtual?: boolean; virtualHost?: string }): string {
  if (board.virtualHost) return board.virtualHost;
  return board.virtual || flags.split(" ").includes("hypervisor") ? "unknown hypervisor" : "none";
}

/** The devices that NVML knows; others (and machines without its library) are not described. */
export function describeGpus(nvml = openNvml()): GpuDescription[] {
  if (nvml === undefined) return [];
  const driver = nvml.text("nvmlSystemGetDriverVersion");
  const gpus = Array.from({ length: nvml.deviceCount }, (_, index): GpuDescription => {
    const device = nvml.device(index);
    const memoryMib = device === undefined ? undefined : gpuMemoryOfDeviceMib(nvml, device);
    return {
      model: (device === undefined ? undefined : nvml.text("nvmlDeviceGetName", device)) ?? "unknown",
      ...(memoryMib !== undefined && { memoryMib }),
      ...(driver !== undefined && { driver }),
      ...(nvml.cudaVersion !== undefined && { cudaVersion: nvml.cudaVersion }),
    };
  });
  nvml.close();
  return gpus;
}
