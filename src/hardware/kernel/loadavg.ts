import { join } from "node:path";
import { nextNumber } from "../reading/cursor.js";
import { featureGroup } from "../reading/feature-group.js";
import { keepOpen } from "../reading/kept-file.js";
import type { Source } from "../reading/source.js";

const load = featureGroup("load", "machine", "/proc/loadavg");

/** Load averages: threads that run, are ready to run or wait for the disk. */
export const loadavg: Source = {
  features: [
    load.gauge("average_1min", "1", "field 1", "Load average over one minute."),
    load.gauge("average_5min", "1", "field 2", "Load average over five minutes."),
    load.gauge("average_15min", "1", "field 3", "Load average over fifteen minutes."),
    load.gauge("running", "1", "field 4, before the slash", "Threads running or ready to run."),
    load.gauge("threads", "1", "field 4, after the slash", "Threads on the machine."),
  ],
  open(place) {
    const file = keepOpen(join(place.procRoot, "loadavg"));
    return {
      read(values, at) {
        values.fill(Number.NaN, at, at + loadavg.features.length);
        const cursor = file.read();
        if (cursor === undefined) return;
        for (let field = 0; field < 4; field++) values[at + field] = nextNumber(cursor);
        cursor.at++; // the slash
        values[at + 4] = nextNumber(cursor);
      },
      problem: () => file.problem,
      close: file.close,
    };
  },
};
