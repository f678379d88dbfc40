import { UserError } from "../core/user-error.js";
import type { DeviceEntry, FunctionsEntry, MeasuredFunctions } from "../plan/question/device-entry.js";

/** Where a device's functions for a workload are from; undefined where it has functions for others only. */
export function sourceOf({ workloads, source }: DeviceEntry, workload: string): FunctionsEntry | undefined {
  if (workloads === undefined) return source;
  return Object.hasOwn(workloads, workload) ? workloads[workload] : undefined;
}

/**
 * The input size at which a dataset stands for a workload: its own, else the name of one of several workloads of a
 * device that names none, else the one that was asked for.
 *
 * @throws UserError if the name of a workload is no input size
 */
export function inputSizeOf(
  entry: DeviceEntry,
  source: MeasuredFunctions,
  asked: { readonly workloads: readonly string[]; readonly inputSizePx: number },
  workload: string,
): number {
  if (source.input_size_px !== undefined) return source.input_size_px;
  return asked.workloads.length > 1 && entry.workloads === undefined ? sizeNamed(workload) : asked.inputSizePx;
}

function sizeNamed(workload: string): number {
  const size = Number(workload);
  if (/^\d+$/.test(workload) && Number.isSafeInteger(size) && size >= 1) return size;
  throw new UserError(`input size ${JSON.stringify(workload)}: allowed are whole numbers from 1`);
}
