import { join } from "node:path";
import { nextLine, nextNumber, skipBlanks } from "../reading/cursor.js";
import { featureGroup } from "../reading/feature-group.js";
import { keepOpen } from "../reading/kept-file.js";
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

/**
 * Interrupts that CPUs send each other, by kind (x86). The file grows with CPUs × devices and is read by the probe
 * only.
 */
export const interrupts: Source = {
  features: KINDS.map((kind) => kind.feature),
  open(place) {
    const file = keepOpen(join(place.procRoot, "interrupts"));
    return {
      read(values, at) {
        values.fill(Number.NaN, at, at + KINDS.length);
        const cursor = file.read();
        if (cursor === undefined) return;
        do {
          skipBlanks(cursor);
          if (cursor.bytes[cursor.at + 3] !== COLON) continue;
          const key = cursor.bytes.toString("latin1", cursor.at, cursor.at + 3);
          const kind = KINDS.findIndex((candidate) => candidate.key === key);
          if (kind < 0) continue;
          cursor.at += 4;
          let sum = 0;
          for (let count = nextNumber(cursor); !Number.isNaN(count); count = nextNumber(cursor)) sum += count;
          values[at + kind] = sum;
        } while (nextLine(cursor));
      },
      problem: () => file.problem,
      close: file.close,
    };
  },
};
