import { join } from "node:path";
import { featureGroup } from "../reading/feature-group.js";
import { type KeyedField, keyedFileSource } from "../reading/keyed-file-source.js";

const processGroup = featureGroup("process", "process", "/proc/<pid>/io");

const field = (name: string, unit: string, key: string, description: string): KeyedField => ({
  feature: processGroup.counter(name, unit, key, description),
  keys: [key],
});

/** Reads and writes of the measured process. */
export const processIo = keyedFileSource(
  (place) => join(place.procRoot, String(place.pid), "io"),
  [
    field("read_call_bytes", "B", "rchar", "Bytes that read calls returned, from caches, too."),
    field("write_call_bytes", "B", "wchar", "Bytes that write calls took."),
    field("read_calls", "1", "syscr", "Read calls."),
    field("write_calls", "1", "syscw", "Write calls."),
    field("disk_read_bytes", "B", "read_bytes", "Bytes fetched from disks."),
    field("disk_write_bytes", "B", "write_bytes", "Bytes sent to disks."),
    field("cancelled_write_bytes", "B", "cancelled_write_bytes", "Bytes not written because the file was truncated."),
  ],
);
