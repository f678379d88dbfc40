import { type LibraryHandle, load } from "koffi";

/** The NVIDIA driver's management library, called directly. */
export interface Nvml {
  readonly deviceCount: number;
  /** NVML's handle of a device, undefined where it can't be reached. */
  device(index: number): bigint | undefined;
  /** A function of the library that returns a status, undefined where this driver has none of these names. */
  statusFunction(names: readonly string[], parameters: readonly string[]): StatusFunction | undefined;
  /** A text such as a device's name, undefined where the library does not tell. */
  text(name: string, device?: bigint): string | undefined;
  /** The CUDA version that the driver supports, e.g. 12.4. */
  readonly cudaVersion: number | undefined;
  close(): void;
}

export interface StatusFunction {
  /** Returns 0, or the code of an error. */
  (...args: (number | bigint | Uint8Array)[]): number;
  /** The same on another thread: some queries take tens of milliseconds. */
  async(...args: [...(number | bigint | Uint8Array)[], (error: unknown, status: number) => void]): void;
}

/** Not part of the device or the driver, or not permitted: asking again gives the same answer. */
export const LASTING_ERRORS: ReadonlySet<number> = new Set([2, 3, 4, 13]);
const TEXT_BYTES = 96;

/** Where the driver puts the library. */
export function nvmlPath(platform: NodeJS.Platform): string {
  return platform === "win32" ? "nvml.dll" : "libnvidia-ml.so.1";
}

/**
 * Loads NVML, or tells that there is none: a machine without an NVIDIA driver is no error.
 *
 * Source of all signatures and layouts: nvml.h of the NVML API, version 13.
 *
 * @param path the library; another one stands in for it in tests
 */
export function openNvml(path: string = nvmlPath(process.platform)): Nvml | undefined {
  let library: LibraryHandle;
  try {
    library = load(path);
  } catch {
    return undefined;
  }

  function statusFunction(names: readonly string[], parameters: readonly string[]): StatusFunction | undefined {
    for (const name of names) {
      try {
        return library.func(name, "int", [...parameters]);
      } catch {
        // an older or newer driver has it under another name, or not at all
      }
    }
    return undefined;
  }

  const number = Buffer.alloc(4);
  function readInt(names: readonly string[]): number | undefined {
    return statusFunction(names, ["void *"])?.(number) === 0 ? number.readInt32LE() : undefined;
  }

  if (statusFunction(["nvmlInit_v2", "nvmlInit"], [])?.() !== 0) return undefined;
  const handleOf = statusFunction(["nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetHandleByIndex"], ["uint", "void *"]);
  const cuda = readInt(["nvmlSystemGetCudaDriverVersion_v2", "nvmlSystemGetCudaDriverVersion"]);
  return {
    deviceCount: readInt(["nvmlDeviceGetCount_v2", "nvmlDeviceGetCount"]) ?? 0,
    cudaVersion: cuda === undefined ? undefined : Math.floor(cuda / 1000) + Math.floor((cuda % 1000) / 10) / 10,
    device(index) {
      const handle = Buffer.alloc(8);
      return handleOf?.(index, handle) === 0 ? handle.readBigUInt64LE() : undefined;
    },
    statusFunction,
    text(name, device) {
      const bytes = Buffer.alloc(TEXT_BYTES);
      const status =
        device === undefined
          ? statusFunction([name], ["void *", "uint"])?.(bytes, TEXT_BYTES)
          : statusFunction([name], ["uintptr_t", "void *", "uint"])?.(device, bytes, TEXT_BYTES);
      return status === 0 ? bytes.toString("utf8").replace(/\0.*$/s, "") : undefined;
    },
    close() {
      statusFunction(["nvmlShutdown"], [])?.();
    },
  };
}
