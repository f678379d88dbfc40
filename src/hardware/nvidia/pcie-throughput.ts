import { LASTING_ERRORS, type Nvml } from "./nvml.js";

/** The traffic between host and device. The library measures it for 20 ms, so it is asked on another thread. */
export interface PcieThroughput {
  /** Starts a measurement unless one is under way. */
  ask(): void;
  readonly sentKibPerS: number;
  readonly receivedKibPerS: number;
}

const SENT = 0;
const RECEIVED = 1;

export function openPcieThroughput(nvml: Nvml, device: bigint): PcieThroughput {
  const call = nvml.statusFunction(["nvmlDeviceGetPcieThroughput"], ["uintptr_t", "int", "void *"]);
  const latest = [Number.NaN, Number.NaN];
  let pending = 0;
  let supported = call !== undefined;

  function measure(direction: number): void {
    const output = Buffer.alloc(4);
    pending++;
    call?.async(device, direction, output, (error, status) => {
      pending--;
      latest[direction] = !error && status === 0 ? output.readUInt32LE() : Number.NaN;
      if (LASTING_ERRORS.has(status)) supported = false;
    });
  }

  return {
    ask() {
      if (!supported || pending > 0) return;
      measure(SENT);
      measure(RECEIVED);
    },
    get sentKibPerS() {
      return latest[SENT] ?? Number.NaN;
    },
    get receivedKibPerS() {
      return latest[RECEIVED] ?? Number.NaN;
    },
  };
}
