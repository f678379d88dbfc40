import { join } from "node:path";
import { RANGE_32_BITS } from "../reading/counter-growth.js";
import { accept, type Cursor, nextLine, nextNumber, skipBlanks } from "../reading/cursor.js";
import { featureGroup } from "../reading/feature-group.js";
import { keepOpen } from "../reading/kept-file.js";
import { memberSums } from "../reading/member-sums.js";
import type { Source } from "../reading/source.js";

const interruptGroup = featureGroup("interrupts", "machine", "/proc/interrupts");

const KINDS = [
  { key: "LOC", feature: interruptGroup.counter("timer", "1", "LOC", "Local timer interrupts.") },
  { key: "RES", feature: interruptGroup.counter("rescheduling", "1", "RES", "CPUs woken to run a thread.") },
  { key: "CAL", feature: interruptGroup.counter("function_call", "1", "CAL", "CPUs asked to run a function.") },
  { key: "TLB", feature: interruptGroup.counter("tlb_shootdown", "1", "TLB", "CPUs asked to forget translations.") },
  { key: "NMI", feature: interruptGroup.counter("non_maskable", "1", "NMI", "Non-maskable interrupts.") },
  { key: "TRM", feature: interruptGroup.counter("thermal", "1", "TRM", "Interrupts for heat.") },
  { key: "MCE", feature: interruptGroup.counter("machine_check", "1", "MCE", "Machine-check exceptions.") },
];
const COLON = 58;
const CPU = Buffer.from("CPU");
/** Of one CPU. */
const COUNTERS = KINDS.map(() => ({ mostPerS: 1e7, range: RANGE_32_BITS }));

/**
 * Interrupts that CPUs send each other, by kind (x86). The file grows with CPUs × devices and is read by the probe
 * only.
 */
export const interrupts: Source = {
  features: KINDS.map((kind) => kind.feature),
  open(place) {
    const file = keepOpen(join(place.procRoot, "interrupts"));
    const sums = memberSums(COUNTERS, "was away");
    let counts: Float64Array[] = [];

    return {
      read(values, at, elapsedMs) {
        values.fill(Number.NaN, at, at + KINDS.length);
        sums.begin(elapsedMs);
        const cursor = file.read();
        if (cursor === undefined) return;
        const cpus = cpusOfHeader(cursor);
        if (counts.length !== cpus.length) counts = cpus.map(() => new Float64Array(KINDS.length));
        for (const ofCpu of counts) ofCpu.fill(Number.NaN);
        while (nextLine(cursor)) {
          skipBlanks(cursor);
          if (cursor.bytes[cursor.at + 3] !== COLON) continue;
          const key = cursor.bytes.toString("latin1", cursor.at, cursor.at + 3);
          const kind = KINDS.findIndex((candidate) => candidate.key === key);
          if (kind < 0) continue;
          cursor.at += 4;
          for (const ofCpu of counts) ofCpu[kind] = nextNumber(cursor);
        }
        if (cpus.length === 0) return;
        for (const [index, cpu] of cpus.entries()) sums.add(cpu, counts[index] ?? []);
        sums.end(values, at);
      },
      problem: () => file.problem,
      close: file.close,
    };
  },
};

/** The numbers of the CPUs that have a column: those that are online. */
function cpusOfHeader(cursor: Cursor): number[] {
  const cpus: number[] = [];
  for (skipBlanks(cursor); accept(cursor, CPU); skipBlanks(cursor)) cpus.push(nextNumber(cursor));
  return cpus;
}
