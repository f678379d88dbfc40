import { parseNumber } from "../../src/core/units.js";
import { UserError } from "../../src/core/user-error.js";
import { LATENCY_STATISTICS } from "../../src/fit/device-functions.js";
import { alikeDevices, type Fleet, fleetOf } from "../../src/fleet/fleet.js";
import { type DeviceEntry, isMeasured } from "../../src/plan/question/device-entry.js";
import { readDeviceFile } from "../../src/plan/question/device-file.js";
import { RANGES } from "../../src/plan/question/device-type.js";
import { parseInteger, parseName } from "../arguments.js";

/** What the command line says about devices. */
export interface DeviceFlags {
  readonly devices: string;
  readonly size?: string;
  readonly maxUses?: string;
  readonly provider?: string;
  readonly threads?: string;
  readonly concurrent?: string;
  /** One of LATENCY_STATISTICS. */
  readonly latency?: string;
}

/**
 * The devices that a number or a device file names.
 *
 * @param folder the dataset of devices that are given as a number
 * @param workloads their names; the name of a workload without functions of its own is an input size
 * @throws UserError if file, dataset or flags do not allow it
 */
export function readFleet(folder: string | undefined, flags: DeviceFlags, workloads: readonly string[]): Fleet {
  const latency = flags.latency === undefined ? undefined : parseName("--latency", LATENCY_STATISTICS, flags.latency);
  const entries = parseNumber(flags.devices) !== undefined ? [alikeEntry(folder, flags)] : entriesOf(folder, flags);
  const inputSizePx = sizeOf(flags, entries, workloads);
  return fleetOf(entries, {
    workloads,
    ...(latency !== undefined && { latency }),
    ...(inputSizePx !== undefined && { inputSizePx }),
  });
}

/** @throws UserError if a size is given that no device would use */
function sizeOf(
  { size, devices }: DeviceFlags,
  entries: readonly DeviceEntry[],
  workloads: readonly string[],
): number | undefined {
  if (size === undefined) return undefined;
  const inputSizePx = parseInteger("--size", size);
  const isUsed = entries.some(({ source, workloads: named }) =>
    named === undefined
      ? source !== undefined && isMeasured(source) && source.input_size_px === undefined && workloads.length === 1
      : Object.values(named).some((other) => isMeasured(other) && other.input_size_px === undefined),
  );
  if (isUsed) return inputSizePx;
  throw new UserError(
    workloads.length > 1 && entries.some(({ workloads: named }) => named === undefined)
      ? `--size ${size}: not allowed with several workloads, of a dataset their names are the input sizes`
      : `--size ${size}: no device of ${devices} uses it, allowed for datasets without input_size_px`,
  );
}

/** @throws UserError if flags are given that only devices given as a number use */
function entriesOf(folder: string | undefined, flags: DeviceFlags): DeviceEntry[] {
  const { devices, maxUses, provider, threads, concurrent } = flags;
  const entries = readDeviceFile(devices);
  const unused = Object.entries({
    [folder ?? ""]: folder,
    "--max-uses": maxUses,
    "--provider": provider,
    "--threads": threads,
    "--concurrent": concurrent,
  }).find(([, value]) => value !== undefined);
  if (unused === undefined) return entries;
  throw new UserError(`${unused[0]}: not used beside the device file ${devices}, which says it for each device`);
}

function alikeEntry(folder: string | undefined, flags: DeviceFlags): DeviceEntry {
  const { devices, maxUses, provider, threads, concurrent } = flags;
  const count = parseInteger("--devices", devices, RANGES.devices);
  if (folder === undefined) {
    throw new UserError(`--devices ${devices}: needs the dataset's folder, allowed without one is a device file`);
  }
  return alikeDevices(folder, {
    count,
    ...(maxUses !== undefined && { maxUses: parseInteger("--max-uses", maxUses) }),
    ...(provider !== undefined && { provider }),
    ...(threads !== undefined && { threads: parseInteger("--threads", threads) }),
    ...(concurrent !== undefined && { concurrent: parseInteger("--concurrent", concurrent) }),
  });
}
