import { join } from "node:path";
import { accept, nextLine, nextNumber } from "../reading/cursor.js";
import { featureGroup } from "../reading/feature-group.js";
import { keepOpen } from "../reading/kept-file.js";
import { memberSums } from "../reading/member-sums.js";
import type { Source } from "../reading/source.js";

const scheduler = featureGroup("scheduler", "machine", "/proc/schedstat");
const CPU = Buffer.from("cpu");
/** The last three of a CPU's nine numbers, in every version of the file since 15 (Linux 2.6.30). */
const FIELDS_BEFORE = 6;

/** Of one CPU: it runs one thread at a time, while so many may wait. */
const NS_PER_S = 1e9;
const MOST_WAITING = 1e5;
const COUNTERS = [{ mostPerS: NS_PER_S }, { mostPerS: MOST_WAITING * NS_PER_S }, { mostPerS: 1e7 }];

/** How long threads ran and how long they waited, ready to run, for a CPU. */
export const procSchedstat: Source = {
  features: [
    scheduler.counter("run_s", "s", "cpu field 7", "Time that threads ran, all CPUs."),
    scheduler.counter("wait_s", "s", "cpu field 8", "Time that threads were ready and waited for a CPU, all CPUs."),
    scheduler.counter("timeslices", "1", "cpu field 9", "Time slices given out, all CPUs."),
  ],
  open(place) {
    const file = keepOpen(join(place.procRoot, "schedstat"));
    const sums = memberSums(COUNTERS, "was away");
    const counts = new Float64Array(COUNTERS.length);
    return {
      read(values, at, elapsedMs) {
        values.fill(Number.NaN, at, at + COUNTERS.length);
        sums.begin(elapsedMs);
        const cursor = file.read();
        if (cursor === undefined) return;
        let cpus = 0;
        do {
          if (!accept(cursor, CPU)) continue;
          const number = nextNumber(cursor);
          for (let field = 0; field < FIELDS_BEFORE; field++) nextNumber(cursor);
          for (let field = 0; field < COUNTERS.length; field++) counts[field] = nextNumber(cursor);
          sums.add(number, counts);
          cpus++;
        } while (nextLine(cursor));
        if (cpus === 0) return;
        sums.end(values, at);
        values[at] = (values[at] ?? Number.NaN) / NS_PER_S;
        values[at + 1] = (values[at + 1] ?? Number.NaN) / NS_PER_S;
      },
      problem: () => file.problem,
      close: file.close,
    };
  },
};
