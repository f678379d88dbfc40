import { realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parseNumber } from "../../src/core/units.js";
import { type FunctionsEntry, isMeasured, type MeasuredFunctions } from "../../src/plan/question/device-entry.js";
import type { DeviceFlags } from "../plan/plan-devices.js";

/** The dataset of devices that are given as a number; a device file names its own. */
export function datasetOf({ devices }: DeviceFlags, folder: string): string | undefined {
  return parseNumber(devices) === undefined ? undefined : folder;
}

/** Whether functions come from the dataset that a sweep writes. */
export function isFrom(folder: string, source: FunctionsEntry): source is MeasuredFunctions {
  return isMeasured(source) && realPath(source.dataset) === realPath(folder);
}

/** Where a path leads, which need not be there yet. */
function realPath(path: string): string {
  const absolute = resolve(path);
  try {
    return realpathSync(absolute);
  } catch {
    const folder = dirname(absolute);
    return folder === absolute ? absolute : join(realPath(folder), basename(absolute));
  }
}
