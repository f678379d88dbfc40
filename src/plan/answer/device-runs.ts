import type { PlannedDevice } from "./plan-outcome.js";

/** Devices in a row that do the same, and how many they are. */
export interface DeviceRun {
  readonly device: PlannedDevice;
  readonly copies: number;
}

/** The devices of a plan in their order, those in a row that do the same together. */
export function deviceRuns(devices: readonly PlannedDevice[]): DeviceRun[] {
  const runs: DeviceRun[] = [];
  let first = 0;
  for (const [place, device] of devices.entries()) {
    const next = devices[place + 1];
    if (next !== undefined && doTheSame(device, next)) continue;
    runs.push({ device, copies: place + 1 - first });
    first = place + 1;
  }
  return runs;
}

function doTheSame(a: PlannedDevice, b: PlannedDevice): boolean {
  return (
    a.type === b.type &&
    a.workload === b.workload &&
    a.miniBatchSize === b.miniBatchSize &&
    a.furtherMiniBatches === b.furtherMiniBatches &&
    a.lastMiniBatchSize === b.lastMiniBatchSize &&
    a.images === b.images &&
    a.finishUs === b.finishUs
  );
}
