import { parseNumber } from "../../src/core/units.js";
import { UserError } from "../../src/core/user-error.js";
import { LATENCY_STATISTICS } from "../../src/fit/device-functions.js";
import { type BorrowedWarmup, warmupOf, warmupRatio } from "../../src/fleet/borrowed-warmup.js";
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
  readonly host?: string;
  /** One of LATENCY_STATISTICS. */
  readonly latency?: string;
  /** A published device, by its name. */
  readonly device?: string;
  /** A ratio, or a dataset. */
  readonly warmupFrom?: string;
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
  const entries = readEntries(folder, flags);
  const inputSizePx = readInputSize(flags, entries, workloads);
  const { warmupFrom } = flags;
  return fleetOf(entries, {
    workloads,
    ...(latency !== undefined && { latency }),
    ...(inputSizePx !== undefined && { inputSizePx }),
    ...(warmupFrom !== undefined && { warmupFrom: readWarmup(warmupFrom) }),
  });
}

/** The entries that a number of devices, or a device file, stands for. */
export function readEntries(folder: string | undefined, flags: DeviceFlags): DeviceEntry[] {
  return parseNumber(flags.devices) !== undefined ? [alikeEntry(folder, flags)] : entriesOf(folder, flags);
}

function readWarmup(text: string): BorrowedWarmup {
  const ratio = parseNumber(text);
  return ratio === undefined ? warmupOf(text) : warmupRatio(ratio);
}

/** @throws UserError if a size is given that no device would use */
export function readInputSize(
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
  const { devices, maxUses, provider, threads, concurrent, host } = flags;
  const entries = readDeviceFile(devices);
  const unused = Object.entries({
    [folder ?? ""]: folder,
    "--max-uses": maxUses,
    "--provider": provider,
    "--threads": threads,
    "--concurrent": concurrent,
    "--host": host,
    "--device": flags.device,
  }).find(([, value]) => value !== undefined);
  if (unused === undefined) return entries;
  throw new UserError(`${unused[0]}: not used beside the device file ${devices}, which says it for each device`);
}

function alikeEntry(folder: string | undefined, flags: DeviceFlags): DeviceEntry {
  const { devices, maxUses, provider, threads, concurrent, host, device } = flags;
  const count = parseInteger("--devices", devices, RANGES.devices);
  if (device !== undefined) return publishedEntry(folder, flags, device, count);
  if (folder === undefined) {
    throw new UserError(
      `--devices ${devices}: needs the dataset's folder, allowed without one are a device file and --device`,
    );
  }
  return alikeDevices(folder, {
    count,
    ...(maxUses !== undefined && { maxUses: parseInteger("--max-uses", maxUses) }),
    ...(provider !== undefined && { provider }),
    ...(threads !== undefined && { threads: parseInteger("--threads", threads) }),
    ...(concurrent !== undefined && { concurrent: parseInteger("--concurrent", concurrent) }),
    ...(host !== undefined && { host }),
  });
}

/** @throws UserError if what belongs to a dataset is given beside a published device */
function publishedEntry(
  folder: string | undefined,
  { maxUses, provider, threads, concurrent, host }: DeviceFlags,
  device: string,
  count: number,
): DeviceEntry {
  const unused = Object.entries({
    [folder ?? ""]: folder,
    "--provider": provider,
    "--threads": threads,
    "--concurrent": concurrent,
    "--host": host,
  }).find(([, value]) => value !== undefined);
  if (unused !== undefined)
    throw new UserError(`${unused[0]}: not used beside --device ${device}, which names a published one`);
  return {
    name: "",
    count,
    maxUses: maxUses === undefined ? Number.POSITIVE_INFINITY : parseInteger("--max-uses", maxUses),
    source: { functions: `published:${device.replace(/^published:/, "")}` },
  };
}
