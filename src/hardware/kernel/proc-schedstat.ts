import { join } from "node:path";
import { accept, nextLine, nextNumber } from "../reading/cursor.js";
import { featureGroup } from "../reading/feature-group.js";
import { keepOpen } from "../reading/kept-file.js";
import type { Source } from "../reading/source.js";

const scheduler = featureGroup("scheduler", "machine", "/proc/schedstat");
const CPU = Buffer.from("cpu");
/** The last three of a CPU's nine numbers, in every version of the file since 15 (Linux 2.6.30). */
const FIELDS_BEFORE = 6;

/** How long threads ran and how long they waited, ready to run, for a CPU. */
export const procSchedstat: Source = {
  features: [
    scheduler.counter("run_s", "s", "cpu field 7", "Time that threads ran, all CPUs."),
    scheduler.counter("wait_s", "s", "cpu field 8", "Time that threads were ready and waited for a CPU, all CPUs."),
    scheduler.counter("timeslices", "1", "cpu field 9", "Time slices given out, all CPUs."),
  ],
  open(place) {
    const file = keepOpen(join(place.procRoot, "schedstat"));
    return {
      read(values, at) {
        values.fill(Number.NaN, at, at + 3);
        const cursor = file.read();
        if (cursor === undefined) return;
        let [runNs, waitNs, slices, cpus] = [0, 0, 0, 0];
        do {
          if (!accept(cursor, CPU)) continue;
          nextNumber(cursor);
          for (let field = 0; field < FIELDS_BEFORE; field++) nextNumber(cursor);
          runNs += nextNumber(cursor);
          waitNs += nextNumber(cursor);
          slices += nextNumber(cursor);
          cpus++;
        } while (nextLine(cursor));
        if (cpus === 0) return;
        values[at] = runNs / 1e9;
        values[at + 1] = waitNs / 1e9;
        values[at + 2] = slices;
      },
      problem: () => file.problem,
      close: file.close,
    };
  },
};
