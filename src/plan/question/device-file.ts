import { dirname, resolve } from "node:path";
import { readJsonFile } from "../../core/json-file.js";
import { UserError } from "../../core/user-error.js";
import {
  type DeviceEntry,
  deviceFileSchema,
  entryOf,
  type FunctionsEntry,
  isMeasured,
  isPublished,
} from "./device-entry.js";
import { namedSizes } from "./given-functions.js";

/** Of all functions of a file together: each takes some 100 bytes, and solving looks at all of them many times. */
const MOST_SIZES = 5_000_000;

/**
 * The devices of a file. A dataset's path in it is one from the file's folder.
 *
 * @throws UserError naming the first value that does not fit and what is allowed
 */
export function readDeviceFile(path: string): DeviceEntry[] {
  const { devices } = readJsonFile(path, "devices", deviceFileSchema);
  const entries = devices.map((entry) => withPathsFrom(dirname(path), entryOf(entry)));
  const names = new Set<string>();
  let sizes = 0;
  for (const { name, source, workloads = {} } of entries) {
    if (names.has(name)) throw new UserError(`devices ${path}: name ${name} occurs twice`);
    names.add(name);
    for (const functions of source === undefined ? Object.values(workloads) : [source]) sizes += sizesIn(functions);
  }
  if (sizes > MOST_SIZES) {
    throw new UserError(
      `devices ${path}: ${sizes} mini-batch sizes of all devices together, allowed are ${MOST_SIZES}`,
    );
  }
  return entries;
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

/** How many mini-batch sizes functions hold for. */
function sizesIn(source: FunctionsEntry): number {
  if (isMeasured(source) || isPublished(source)) return 1; // few, and known when the dataset is read
  return namedSizes(source)?.length ?? source.max_mini_batch_size ?? 0;
}
