import { existsSync } from "node:fs";
import { join } from "node:path";
import { nextLine, nextNumber, skipBlanks } from "../reading/cursor.js";
import { featureGroup } from "../reading/feature-group.js";
import { keepOpen } from "../reading/kept-file.js";
import { memberSums } from "../reading/member-sums.js";
import type { Place, Reader, Source } from "../reading/source.js";

const network = featureGroup("network", "machine", "/proc/net/dev");

/** The wanted columns of a line: eight of what came in, eight of what went out. */
const FIELDS = [
  { column: 0, feature: network.counter("received_bytes", "B", "receive bytes", "Bytes received.") },
  { column: 1, feature: network.counter("received_packets", "1", "receive packets", "Packets received.") },
  { column: 2, feature: network.counter("receive_errors", "1", "receive errs", "Packets received damaged.") },
  { column: 3, feature: network.counter("receive_drops", "1", "receive drop", "Packets dropped on receipt.") },
  { column: 8, feature: network.counter("sent_bytes", "B", "transmit bytes", "Bytes sent.") },
  { column: 9, feature: network.counter("sent_packets", "1", "transmit packets", "Packets sent.") },
  { column: 10, feature: network.counter("send_errors", "1", "transmit errs", "Packets that could not be sent.") },
  { column: 11, feature: network.counter("send_drops", "1", "transmit drop", "Packets dropped on sending.") },
];
const COLUMNS = 16;
const SLOT_OF_COLUMN = Array.from({ length: COLUMNS }, (_, column) => FIELDS.findIndex((f) => f.column === column));
/** Of one interface: 800 Gbit/s, and as many packets as that of the smallest kind. */
const MOST_BYTES_PER_S = 1e11;
const MOST_PACKETS_PER_S = 1.5e9;
const COUNTERS = FIELDS.map(({ feature }) => ({
  mostPerS: feature.unit === "B" ? MOST_BYTES_PER_S : MOST_PACKETS_PER_S,
}));

/**
 * Traffic of all network interfaces together, without the loopback. Where there are interfaces with hardware behind
 * them only those count (bridges and tunnels would count their packets twice); in a container there are none.
 * An interface that joins counts from then on, one that leaves up to then.
 */
export const procNetDev: Source = {
  features: [
    ...FIELDS.map((field) => field.feature),
    network.gauge("interfaces", "1", "lines", "Network interfaces that are counted."),
  ],
  open: openProcNetDev,
};

const COLON = 58;

/** An interface as it was at one read. */
interface Interface {
  readonly physical: boolean;
  readonly counts: Float64Array;
}

function openProcNetDev(place: Place): Reader {
  const file = keepOpen(join(place.procRoot, "net/dev"));
  const sums = memberSums(COUNTERS, "is new");
  let interfaces = new Map<string, Interface>();

  /** Looked up once, and anew for one that comes under the name of one that has left. */
  function isPhysical(name: string): boolean {
    return interfaces.get(name)?.physical ?? existsSync(join(place.sysRoot, "class/net", name, "device"));
  }

  return {
    read(values, at, elapsedMs) {
      values.fill(Number.NaN, at, at + procNetDev.features.length);
      sums.begin(elapsedMs);
      const cursor = file.read();
      if (cursor === undefined) return;
      const found = new Map<string, Interface>();
      let physicals = 0;
      do {
        skipBlanks(cursor);
        const start = cursor.at;
        const colon = cursor.bytes.indexOf(COLON, start);
        const newline = cursor.bytes.indexOf(10, start);
        if (colon < 0 || colon >= cursor.end || (newline >= 0 && newline < colon)) continue;
        const name = cursor.bytes.toString("latin1", start, colon);
        if (name === "lo") continue;
        const physical = isPhysical(name);
        if (physical) physicals++;
        cursor.at = colon + 1;
        const counts = new Float64Array(FIELDS.length);
        for (const slot of SLOT_OF_COLUMN) {
          const value = nextNumber(cursor);
          if (slot >= 0) counts[slot] = value;
        }
        found.set(name, { physical, counts });
      } while (nextLine(cursor));
      interfaces = found;
      for (const [name, { physical, counts }] of found) sums.add(name, counts, physical || physicals === 0);
      sums.end(values, at);
      if (found.size === 0) values.fill(Number.NaN, at, at + FIELDS.length);
      values[at + FIELDS.length] = physicals > 0 ? physicals : found.size;
    },
    problem: () => file.problem,
    close: file.close,
  };
}
