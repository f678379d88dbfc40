import { join } from "node:path";
import { type KernelCounter, RANGE_32_BITS } from "../reading/counter-growth.js";
import { accept, type Cursor, nextLine, nextNumber } from "../reading/cursor.js";
import { featureGroup } from "../reading/feature-group.js";
import { keepOpen } from "../reading/kept-file.js";
import { memberSums } from "../reading/member-sums.js";
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

/** Of one CPU. Idle, iowait and steal are estimates, of which the kernel takes some back at times. */
const CPU_COUNTERS: readonly KernelCounter[] = TIMES.map(() => ({ mostPerS: TICKS_PER_SECOND, corrected: true }));
/** Of all CPUs together, where the file has no line for each. */
const ALL_CPUS_COUNTERS = CPU_COUNTERS.map((counter) => ({ ...counter, mostPerS: Number.POSITIVE_INFINITY }));
/** The kernel sums the kinds in 32 bits. */
const SOFTIRQ_COUNTERS = ["all", ...SOFTIRQS].map(() => ({ mostPerS: 1e9, range: RANGE_32_BITS }));

/**
 * What the CPUs did: time in each state, switches, interrupts by kind. Times are sums over the CPUs that are online:
 * the file's own sums have the history of those that are not in them, or not, from one moment to the next.
 */
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

const SPACE = 32;
const CPU = Buffer.from("cpu");
const SOFTIRQ = Buffer.from("softirq ");
const AT_COUNTS = TIMES.length;
const AT_SOFTIRQS = AT_COUNTS + COUNTS.length;
const AT_RATIOS = AT_SOFTIRQS + 1 + SOFTIRQS.length;

/** Sums of the times of CPUs, and the busy shares since the read before. */
function cpuTimes(counters: readonly KernelCounter[]) {
  const sums = memberSums(counters, "was away");
  const times = new Float64Array(TIMES.length);
  let [busyTicks, totalTicks, busiest, idlest] = [0, 0, Number.NaN, Number.NaN];

  return {
    begin(elapsedMs: number): void {
      sums.begin(elapsedMs);
      [busyTicks, totalTicks, busiest, idlest] = [0, 0, Number.NaN, Number.NaN];
    },
    add(cpu: number, cursor: Cursor): void {
      // Old kernels have fewer states.
      for (let state = 0; state < TIMES.length; state++) times[state] = nextNumber(cursor);
      sums.add(cpu, times);
      let total = 0;
      for (let state = 0; state < STATES_IN_TOTAL; state++) {
        if (!Number.isNaN(times[state])) total += sums.growth[state] ?? Number.NaN;
      }
      const busy = total - growthOf(IDLE) - growthOf(IOWAIT);
      busyTicks += busy;
      totalTicks += total;
      if (!(total > 0)) return;
      const share = busy / total;
      busiest = Number.isNaN(busiest) ? share : Math.max(busiest, share);
      idlest = Number.isNaN(idlest) ? share : Math.min(idlest, share);
    },
    end(values: Float64Array, at: number): void {
      sums.end(values, at);
      for (let state = at; state < at + TIMES.length; state++) {
        values[state] = (values[state] ?? Number.NaN) / TICKS_PER_SECOND;
      }
      values[at + AT_RATIOS] = totalTicks > 0 ? busyTicks / totalTicks : Number.NaN;
      values[at + AT_RATIOS + 1] = busiest;
      values[at + AT_RATIOS + 2] = idlest;
    },
  };

  function growthOf(state: number): number {
    return Number.isNaN(times[state]) ? 0 : (sums.growth[state] ?? Number.NaN);
  }
}

function openProcStat(path: string): Reader {
  const file = keepOpen(path);
  const ofEach = cpuTimes(CPU_COUNTERS);
  const ofAll = cpuTimes(ALL_CPUS_COUNTERS);
  const softirqs = memberSums(SOFTIRQ_COUNTERS, "is new");
  const kinds = new Float64Array(SOFTIRQ_COUNTERS.length);

  return {
    read(values, at, elapsedMs) {
      values.fill(Number.NaN, at, at + procStat.features.length);
      for (const sums of [ofEach, ofAll, softirqs]) sums.begin(elapsedMs);
      const cursor = file.read();
      if (cursor === undefined) return;
      let online = 0;
      let allAt: number | undefined;
      do {
        if (accept(cursor, CPU)) {
          const cpu = cpuNumber(cursor);
          if (cpu === undefined) allAt = cursor.at;
          else {
            ofEach.add(cpu, cursor);
            online++;
          }
        } else if (accept(cursor, SOFTIRQ)) {
          for (let kind = 0; kind < kinds.length; kind++) kinds[kind] = nextNumber(cursor);
          softirqs.add("all", kinds);
          softirqs.end(values, at + AT_SOFTIRQS);
        } else {
          for (const [index, count] of COUNTS.entries()) {
            if (accept(cursor, count.bytes)) values[at + AT_COUNTS + index] = nextNumber(cursor);
          }
        }
      } while (nextLine(cursor));
      if (online > 0) {
        ofEach.end(values, at);
        values[at + AT_RATIOS + RATIOS.length] = online;
      } else if (allAt !== undefined) {
        cursor.at = allAt;
        ofAll.add(0, cursor);
        ofAll.end(values, at);
      }
    },
    problem: () => file.problem,
    close: file.close,
  };
}

/** The number directly after "cpu", undefined on the line of all CPUs. */
function cpuNumber(cursor: Cursor): number | undefined {
  return cursor.bytes[cursor.at] === SPACE ? undefined : nextNumber(cursor);
}
