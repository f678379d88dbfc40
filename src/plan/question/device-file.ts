import { dirname, resolve } from "node:path";
import { readJsonFile } from "../../core/json-file.js";
import { deviceEntries } from "./device-entries.js";
import { type DeviceEntry, deviceFileSchema, type FunctionsEntry, isMeasured } from "./device-entry.js";

/**
 * The devices of a file. A dataset's path in it is one from the file's folder.
 *
 * @throws UserError naming the first value that does not fit and what is allowed
 */
export function readDeviceFile(path: string): DeviceEntry[] {
  const { devices } = readJsonFile(path, "devices", deviceFileSchema);
  return deviceEntries(devices, `devices ${path}`).map((entry) => withPathsFrom(dirname(path), entry));
}

function withPathsFrom(folder: string, { source, workloads, ...entry }: DeviceEntry): DeviceEntry {
  const placed = <Functions extends FunctionsEntry>(functions: Functions): Functions =>
    isMeasured(functions) ? { ...functions, dataset: resolve(folder, functions.dataset) } : functions;
  return {
    ...entry,
    ...(source !== undefined && { source: placed(source) }),
    ...(workloads !== undefined && {
      workloads: Object.fromEntries(Object.entries(workloads).map(([name, functions]) => [name, placed(functions)])),
    }),
  };
}
