import { join } from "node:path";
import { RANGE_32_BITS } from "../reading/counter-growth.js";
import { nextLine, nextNumber, skipBlanks, skipWord } from "../reading/cursor.js";
import { featureGroup } from "../reading/feature-group.js";
import { keepOpen } from "../reading/kept-file.js";
import { memberSums } from "../reading/member-sums.js";
import type { Reader, Source } from "../reading/source.js";

const disk = featureGroup("disk", "machine", "/proc/diskstats");

/** Diskstats counts in sectors of 512 bytes whatever the disk's own are. */
const BYTES_PER_SECTOR = 512;

/** The fields of a line in their order; kernels before 4.18 end after the eleventh, before 5.5 after the fifteenth. */
const FIELDS = [
  { feature: disk.counter("reads", "1", "field 1", "Reads completed."), scale: 1 },
  { feature: disk.counter("reads_merged", "1", "field 2", "Reads merged with a neighbour."), scale: 1 },
  { feature: disk.counter("read_bytes", "B", "field 3", "Bytes read."), scale: BYTES_PER_SECTOR },
  { feature: disk.counter("read_ms", "ms", "field 4", "Time that reads took, summed over reads."), scale: 1 },
  { feature: disk.counter("writes", "1", "field 5", "Writes completed."), scale: 1 },
  { feature: disk.counter("writes_merged", "1", "field 6", "Writes merged with a neighbour."), scale: 1 },
  { feature: disk.counter("write_bytes", "B", "field 7", "Bytes written."), scale: BYTES_PER_SECTOR },
  { feature: disk.counter("write_ms", "ms", "field 8", "Time that writes took, summed over writes."), scale: 1 },
  { feature: disk.gauge("in_flight", "1", "field 9", "Requests under way."), scale: 1 },
  { feature: disk.counter("busy_ms", "ms", "field 10", "Time with a request under way, summed over disks."), scale: 1 },
  { feature: disk.counter("queue_ms", "ms", "field 11", "Time that requests waited and took, summed."), scale: 1 },
  { feature: disk.counter("discards", "1", "field 12", "Discards completed."), scale: 1 },
  { feature: disk.counter("discard_ms", "ms", "field 15", "Time that discards took."), scale: 1 },
  { feature: disk.counter("flushes", "1", "field 16", "Flushes completed."), scale: 1 },
  { feature: disk.counter("flush_ms", "ms", "field 17", "Time that flushes took."), scale: 1 },
];
/** Which field of a line goes where: discards' merges and sectors (fields 13 and 14) are left out. */
const SLOT_OF_FIELD = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, undefined, undefined, 12, 13, 14];
const SCALE_OF_SLOT = FIELDS.map((field) => field.scale);

const IN_FLIGHT = FIELDS.findIndex(({ feature }) => feature.kind === "gauge");

/** Most that one disk can do in a second: so many requests, so many bytes, so many requests that wait together. */
const MOST_REQUESTS_PER_S = 1e8;
const MOST_BYTES_PER_S = 1e11;
const MOST_WAITING = 1e4;
const COUNTERS = FIELDS.map(({ feature: { unit } }) => {
  if (unit === "ms") return { mostPerS: 1000 * MOST_WAITING, range: RANGE_32_BITS };
  return { mostPerS: unit === "B" ? MOST_BYTES_PER_S : MOST_REQUESTS_PER_S };
});

/**
 * What all physical disks did together. Partitions, loop, RAM, device-mapper and RAID devices would count twice. A disk
 * that joins counts from then on, one that leaves up to then.
 */
export const procDiskstats: Source = {
  features: [...FIELDS.map((field) => field.feature), disk.gauge("count", "1", "lines", "Disks that are counted.")],
  open: (place) => openProcDiskstats(join(place.procRoot, "diskstats")),
};

const NOT_A_DISK = /^(loop|ram|zram|dm-|md|sr|fd|nbd|mtdblock)/;
const PARTITION =
  /^(?:(?:sd|hd|vd|xvd)[a-z]+[0-9]+|(?:nvme[0-9]+(?:c[0-9]+)?n[0-9]+|mmcblk[0-9]+)p[0-9]+|.*boot[0-9]+)$/;

/** @example isDisk("sda"); // true, and false for "sda1", "loop0", "dm-0", "nvme0n1p2" */
export function isDisk(name: string): boolean {
  return !NOT_A_DISK.test(name) && !PARTITION.test(name);
}

function openProcDiskstats(path: string): Reader {
  const file = keepOpen(path);
  const known = new Map<string, boolean>();
  const sums = memberSums(COUNTERS, "is new");
  const line = new Float64Array(FIELDS.length);

  function counts(name: string): boolean {
    const answer = known.get(name) ?? isDisk(name);
    known.set(name, answer);
    return answer;
  }

  return {
    read(values, at, elapsedMs) {
      values.fill(Number.NaN, at, at + procDiskstats.features.length);
      sums.begin(elapsedMs);
      const cursor = file.read();
      if (cursor === undefined) return;
      let [disks, inFlight] = [0, 0];
      do {
        nextNumber(cursor);
        if (Number.isNaN(nextNumber(cursor))) continue; // not a line of major and minor number
        skipBlanks(cursor);
        const start = cursor.at;
        skipWord(cursor);
        const name = cursor.bytes.toString("latin1", start, cursor.at);
        if (cursor.at === start || !counts(name)) continue;
        disks++;
        line.fill(Number.NaN);
        for (const slot of SLOT_OF_FIELD) {
          const value = nextNumber(cursor);
          if (Number.isNaN(value)) break;
          if (slot !== undefined) line[slot] = value * (SCALE_OF_SLOT[slot] ?? 1);
        }
        inFlight += line[IN_FLIGHT] ?? Number.NaN;
        sums.add(name, line);
      } while (nextLine(cursor));
      sums.end(values, at);
      if (disks === 0) values.fill(Number.NaN, at, at + FIELDS.length);
      else values[at + IN_FLIGHT] = inFlight;
      values[at + FIELDS.length] = disks;
    },
    problem: () => file.problem,
    close: file.close,
  };
}
