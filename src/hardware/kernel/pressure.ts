import { join } from "node:path";
import { accept, type Cursor, nextLine, nextNumber, skipWord } from "../reading/cursor.js";
import type { Feature } from "../reading/feature.js";
import { featureGroup } from "../reading/feature-group.js";
import { keepOpen } from "../reading/kept-file.js";
import type { Source } from "../reading/source.js";

const WHO = { some: "at least one task", full: "every task that was not idle" } as const;
const KINDS = [
  { kind: "some", bytes: Buffer.from("some") },
  { kind: "full", bytes: Buffer.from("full") },
] as const;
const EQUALS = 61;

/** Pressure stall information: how long tasks had to wait for one resource (Linux 4.20 and later). */
export function pressureSource(resource: "cpu" | "memory" | "io"): Source {
  const group = featureGroup("pressure", "machine", `/proc/pressure/${resource}`);
  const features = KINDS.flatMap(({ kind }): Feature[] => [
    group.gauge(
      `${resource}_${kind}_10s_percent`,
      "%",
      `${kind} avg10`,
      `Share of the last 10 s in which ${WHO[kind]} waited for ${resource}.`,
    ),
    group.gauge(
      `${resource}_${kind}_60s_percent`,
      "%",
      `${kind} avg60`,
      `Share of the last 60 s in which ${WHO[kind]} waited for ${resource}.`,
    ),
    group.counter(
      `${resource}_${kind}_us`,
      "us",
      `${kind} total`,
      `Time in which ${WHO[kind]} waited for ${resource}.`,
    ),
  ]);
  return {
    features,
    open(place) {
      const file = keepOpen(join(place.procRoot, "pressure", resource));
      return {
        read(values, at) {
          values.fill(Number.NaN, at, at + features.length);
          const cursor = file.read();
          if (cursor === undefined) return;
          do {
            for (const [index, { bytes }] of KINDS.entries()) {
              if (!accept(cursor, bytes)) continue;
              const slot = at + index * 3;
              values[slot] = numberAfterEquals(cursor);
              values[slot + 1] = numberAfterEquals(cursor);
              skipWord(cursor); // avg300
              values[slot + 2] = numberAfterEquals(cursor);
            }
          } while (nextLine(cursor));
        },
        problem: () => file.problem,
        close: file.close,
      };
    },
  };
}

function numberAfterEquals(cursor: Cursor): number {
  const equals = cursor.bytes.indexOf(EQUALS, cursor.at);
  if (equals < 0 || equals >= cursor.end) return Number.NaN;
  cursor.at = equals + 1;
  return nextNumber(cursor);
}
