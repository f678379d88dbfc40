import { existsSync } from "node:fs";
import { join } from "node:path";
import { nextLine, nextNumber, skipBlanks } from "../reading/cursor.js";
import { featureGroup } from "../reading/feature-group.js";
import { keepOpen } from "../reading/kept-file.js";
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

/**
 * Traffic of all network interfaces together, without the loopback. Where there are interfaces with hardware behind
 * them only those count (bridges and tunnels would count their packets twice); in a container there are none.
 */
export const procNetDev: Source = {
  features: [
    ...FIELDS.map((field) => field.feature),
    network.gauge("interfaces", "1", "lines", "Network interfaces that are counted."),
  ],
  open: openProcNetDev,
};

const COLON = 58;

function openProcNetDev(place: Place): Reader {
  const file = keepOpen(join(place.procRoot, "net/dev"));
  const hasHardware = new Map<string, boolean>();
  const physical = new Float64Array(FIELDS.length);
  const virtual = new Float64Array(FIELDS.length);

  function isPhysical(name: string): boolean {
    const known = hasHardware.get(name);
    if (known !== undefined) return known;
    const answer = existsSync(join(place.sysRoot, "class/net", name, "device"));
    hasHardware.set(name, answer);
    return answer;
  }

  return {
    read(values, at) {
      values.fill(Number.NaN, at, at + procNetDev.features.length);
      const cursor = file.read();
      if (cursor === undefined) return;
      physical.fill(0);
      virtual.fill(0);
      let physicals = 0;
      let virtuals = 0;
      do {
        skipBlanks(cursor);
        const start = cursor.at;
        const colon = cursor.bytes.indexOf(COLON, start);
        const newline = cursor.bytes.indexOf(10, start);
        if (colon < 0 || colon >= cursor.end || (newline >= 0 && newline < colon)) continue;
        const name = cursor.bytes.toString("latin1", start, colon);
        if (name === "lo") continue;
        const sums = isPhysical(name) ? physical : virtual;
        if (sums === physical) physicals++;
        else virtuals++;
        cursor.at = colon + 1;
        for (const slot of SLOT_OF_COLUMN) {
          const value = nextNumber(cursor);
          if (slot >= 0) sums[slot] = (sums[slot] ?? 0) + value;
        }
      } while (nextLine(cursor));
      const interfaces = physicals > 0 ? physicals : virtuals;
      if (interfaces > 0) values.set(physicals > 0 ? physical : virtual, at);
      values[at + FIELDS.length] = interfaces;
    },
    problem: () => file.problem,
    close: file.close,
  };
}
