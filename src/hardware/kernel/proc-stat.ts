import { join } from "node:path";
import { accept, type Cursor, nextLine, nextNumber } from "../reading/cursor.js";
import { featureGroup } from "../reading/feature-group.js";
import { keepOpen } from "../reading/kept-file.js";
import type { Reader, Source } from "../reading/source.js";

/** The kernel gives CPU times to user space in hundredths of a second (USER_HZ) on every common architecture. */
export const TICKS_PER_SECOND = 100;

const cpu = featureGroup("cpu", "machine", "/proc/stat");

const TIMES = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal", "guest", "guest_nice"];
const IDLE = TIMES.indexOf("idle");
const IOWAIT = TIMES.indexOf("iowait");
/** Guest time is part of user time already. */
const STATES_IN_TOTAL = TIMES.indexOf("guest");

const COUNTS = [
  { key: "ctxt", feature: cpu.counter("context_switches", "1", "ctxt", "Context switches of all CPUs.") },
  { key: "intr", feature: cpu.counter("interrupts", "1", "intr", "Interrupts served by all CPUs.") },
  { key: "processes", feature: cpu.counter("forks", "1", "processes", "Processes and threads started since boot.") },
  { key: "procs_running", feature: cpu.gauge("runnable", "1", "procs_running", "Threads running or ready to run.") },
  { key: "procs_blocked", feature: cpu.gauge("blocked", "1", "procs_blocked", "Threads waiting for the disk.") },
].map((count) => ({ ...count, bytes: Buffer.from(`${count.key} `) }));

/** The order of the softirq line, after its total. */
const SOFTIRQS = ["hi", "timer", "net_tx", "net_rx", "block", "irq_poll", "tasklet", "sched", "hrtimer", "rcu"];

const RATIOS = [
  cpu.ratio("busy_ratio", "cpu", "Share of all CPU time since the sample before that was neither idle nor iowait."),
  cpu.ratio("busiest_ratio", "cpu0 …", "Busy share of the busiest CPU since the sample before."),
  cpu.ratio("idlest_ratio", "cpu0 …", "Busy share of the least busy CPU since the sample before."),
];

/** What the CPUs did: time in each state, switches, interrupts by kind. */
export const procStat: Source = {
  features: [
    ...TIMES.map((state) => cpu.counter(`${state}_s`, "s", `cpu ${state}`, `CPU time in state ${state}, all CPUs.`)),
    ...COUNTS.map((count) => count.feature),
    cpu.counter("softirqs", "1", "softirq", "Soft interrupts of all kinds."),
    ...SOFTIRQS.map((kind) => cpu.counter(`softirq_${kind}`, "1", "softirq", `Soft interrupts of kind ${kind}.`)),
    ...RATIOS,
    cpu.gauge("online", "1", "cpu0 …", "CPUs that are online."),
  ],
  open: (place) => openProcStat(join(place.procRoot, "stat")),
};

const CPU = Buffer.from("cpu");
const SOFTIRQ = Buffer.from("softirq ");
const AT_COUNTS = TIMES.length;
const AT_SOFTIRQS = AT_COUNTS + COUNTS.length;
const AT_RATIOS = AT_SOFTIRQS + 1 + SOFTIRQS.length;

function openProcStat(path: string): Reader {
  const file = keepOpen(path);
  const busyBefore: number[] = [];
  const totalBefore: number[] = [];
  const times = new Float64Array(TIMES.length);

  /** The busy share of one CPU (0 is all of them, 1 is cpu0) since the read before. */
  function busyShare(index: number): number {
    let total = 0;
    for (let state = 0; state < STATES_IN_TOTAL; state++) total += orZero(times[state]);
    const busy = total - orZero(times[IDLE]) - orZero(times[IOWAIT]);
    const totalTicks = total - (totalBefore[index] ?? Number.NaN);
    const busyTicks = busy - (busyBefore[index] ?? Number.NaN);
    totalBefore[index] = total;
    busyBefore[index] = busy;
    return totalTicks > 0 ? Math.min(1, Math.max(0, busyTicks / totalTicks)) : Number.NaN;
  }

  function readCpuLine(cursor: Cursor, values: Float64Array, at: number): void {
    const number = nextDigits(cursor);
    for (let state = 0; state < TIMES.length; state++) times[state] = nextNumber(cursor);
    const share = busyShare(number + 1);
    if (number < 0) {
      for (let state = 0; state < TIMES.length; state++) {
        values[at + state] = (times[state] ?? Number.NaN) / TICKS_PER_SECOND;
      }
      values[at + AT_RATIOS] = share;
      return;
    }
    const online = at + AT_RATIOS + 3;
    values[online] = orZero(values[online]) + 1;
    if (Number.isNaN(share)) return;
    const [busiest, idlest] = [values[at + AT_RATIOS + 1] ?? Number.NaN, values[at + AT_RATIOS + 2] ?? Number.NaN];
    values[at + AT_RATIOS + 1] = Number.isNaN(busiest) ? share : Math.max(busiest, share);
    values[at + AT_RATIOS + 2] = Number.isNaN(idlest) ? share : Math.min(idlest, share);
  }

  return {
    read(values, at) {
      values.fill(Number.NaN, at, at + procStat.features.length);
      const cursor = file.read();
      if (cursor === undefined) return;
      do {
        if (accept(cursor, CPU)) readCpuLine(cursor, values, at);
        else if (accept(cursor, SOFTIRQ)) {
          for (let kind = 0; kind <= SOFTIRQS.length; kind++) values[at + AT_SOFTIRQS + kind] = nextNumber(cursor);
        } else {
          for (const [index, count] of COUNTS.entries()) {
            if (accept(cursor, count.bytes)) values[at + AT_COUNTS + index] = nextNumber(cursor);
          }
        }
      } while (nextLine(cursor));
    },
    problem: () => file.problem,
    close: file.close,
  };
}

/** The number directly after "cpu", or -1 for the line of all CPUs. */
function nextDigits(cursor: Cursor): number {
  return cursor.bytes[cursor.at] === 32 ? -1 : nextNumber(cursor);
}

function orZero(value: number | undefined): number {
  return value === undefined || Number.isNaN(value) ? 0 : value;
}
