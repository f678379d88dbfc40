import { join } from "node:path";
import { nextNumber, skipWord } from "../reading/cursor.js";
import { featureGroup } from "../reading/feature-group.js";
import { keepOpen } from "../reading/kept-file.js";
import type { Source } from "../reading/source.js";
import { TICKS_PER_SECOND } from "./proc-stat.js";

const processGroup = featureGroup("process", "process", "/proc/<pid>/stat");
const CLOSING_PARENTHESIS = 41;

/** Field numbers as in proc(5). The name (field 2) may hold blanks, so fields are counted from its end. */
const FIELDS = [
  { field: 10, scale: 1, feature: processGroup.counter("minor_faults", "1", "field 10", "Page faults without disk.") },
  { field: 12, scale: 1, feature: processGroup.counter("major_faults", "1", "field 12", "Page faults with disk.") },
  {
    field: 14,
    scale: 1 / TICKS_PER_SECOND,
    feature: processGroup.counter("user_s", "s", "field 14", "CPU time in user mode, all threads."),
  },
  {
    field: 15,
    scale: 1 / TICKS_PER_SECOND,
    feature: processGroup.counter("system_s", "s", "field 15", "CPU time in the kernel, all threads."),
  },
  { field: 18, scale: 1, feature: processGroup.gauge("priority", "1", "field 18", "Scheduling priority.") },
  { field: 19, scale: 1, feature: processGroup.gauge("nice", "1", "field 19", "Nice value.") },
  { field: 20, scale: 1, feature: processGroup.gauge("threads", "1", "field 20", "Threads of the process.") },
  { field: 39, scale: 1, feature: processGroup.gauge("last_cpu", "1", "field 39", "CPU the main thread ran on last.") },
  {
    field: 42,
    scale: 1 / TICKS_PER_SECOND,
    feature: processGroup.counter("disk_wait_s", "s", "field 42", "Time waited for block devices."),
  },
];

/** Faults and CPU time of the measured process, summed by the kernel over all its threads, living and gone. */
export const processStat: Source = {
  features: FIELDS.map((field) => field.feature),
  open(place) {
    const file = keepOpen(join(place.procRoot, String(place.pid), "stat"));
    return {
      read(values, at) {
        values.fill(Number.NaN, at, at + FIELDS.length);
        const cursor = file.read();
        if (cursor === undefined) return;
        const nameEnd = cursor.bytes.subarray(0, cursor.end).lastIndexOf(CLOSING_PARENTHESIS);
        if (nameEnd < 0) return;
        cursor.at = nameEnd + 1;
        let next = 3;
        for (const [index, { field, scale }] of FIELDS.entries()) {
          for (; next < field; next++) skipWord(cursor);
          values[at + index] = nextNumber(cursor) * scale;
          next++;
        }
      },
      problem: () => file.problem,
      close: file.close,
    };
  },
};
