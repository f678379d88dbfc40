import { UserError } from "../../core/user-error.js";
import {
  type DeviceEntry,
  entryOf,
  type FunctionsEntry,
  isMeasured,
  isPublished,
  type ParsedEntry,
} from "./device-entry.js";
import { namedSizes } from "./given-functions.js";

/** Of all functions of a file together: each takes some 100 bytes, and solving looks at all of them many times. */
const MOST_SIZES = 5_000_000;

/**
 * The devices of a device file that fits its schema.
 *
 * @param what names the file in messages
 * @throws UserError if a name occurs twice, or there are too many mini-batch sizes
 */
export function deviceEntries(devices: readonly ParsedEntry[], what: string): DeviceEntry[] {
  const entries = devices.map(entryOf);
  const names = new Set<string>();
  let sizes = 0;
  for (const { name, source, workloads = {} } of entries) {
    if (names.has(name)) throw new UserError(`${what}: name ${name} occurs twice`);
    names.add(name);
    for (const functions of source === undefined ? Object.values(workloads) : [source]) sizes += sizesIn(functions);
  }
  if (sizes > MOST_SIZES) {
    throw new UserError(`${what}: ${sizes} mini-batch sizes of all devices together, allowed are ${MOST_SIZES}`);
  }
  return entries;
}

/** How many mini-batch sizes functions hold for. */
function sizesIn(source: FunctionsEntry): number {
  if (isMeasured(source) || isPublished(source)) return 1; // few, and known when the dataset is read
  return namedSizes(source)?.length ?? source.max_mini_batch_size ?? 0;
}
