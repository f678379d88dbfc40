import { groupBy } from "../../core/group-by.js";
import { TICKS_PER_SECOND } from "../kernel/proc-stat.js";
import { type CpuTicks, type ProcessTicks, readCpuTicks, readProcessTicks } from "./cpu-times.js";
import type { Found } from "./finding.js";

/** Processes of one name, and how many cores they kept busy. */
export interface BusyProcess {
  readonly name: string;
  readonly pids: readonly number[];
  readonly cores: number;
}

/** What ran on the allowed cores beside this process and what it started. */
export interface LoadFacts {
  readonly watchedMs: number;
  readonly allowedCores: number;
  readonly otherCores: number;
  /**
   * The busiest first; what it sums up to may be less, for processes that have ended or can't be seen. Missing where
   * names are left out.
   */
  readonly processes?: readonly BusyProcess[];
  /** Share of the time that the host gave to others, during the watch and since the machine started. */
  readonly stolenRatio: number;
  readonly stolenRatioSinceStart: number;
}

/** CPU times at one moment. */
export interface CpuSnapshot {
  readonly atMs: number;
  readonly cpus: ReadonlyMap<number, CpuTicks>;
  readonly processes: ReadonlyMap<number, ProcessTicks>;
}

/** Shorter watches can't tell load from ticks of 10 ms. */
const LEAST_WATCHED_MS = 100;
/** Processes that use less are not named. */
const NAMED_FROM_CORES = 0.02;
const MOST_NAMED = 5;

/** Looks at all CPUs and processes. */
export function readCpuSnapshot(procRoot: string, atMs: number): CpuSnapshot {
  return { atMs, cpus: readCpuTicks(procRoot), processes: readProcessTicks(procRoot) };
}

/**
 * What others did between two moments.
 *
 * @param pid this process: it and all that it started are not others, those that have ended meanwhile included
 * @param allowed the cores that it may use; undefined for all
 */
export function otherLoad(
  begin: CpuSnapshot,
  end: CpuSnapshot,
  pid: number,
  allowed: readonly number[] | undefined,
): Found<LoadFacts> {
  const watchedMs = end.atMs - begin.atMs;
  const watched = allowed ?? [...end.cpus.keys()];
  const pairs = watched.flatMap((cpu) => {
    const [before, after] = [begin.cpus.get(cpu), end.cpus.get(cpu)];
    return before === undefined || after === undefined ? [] : [{ before, after }];
  });
  if (pairs.length === 0) return { unknown: "no /proc/stat that tells of the allowed cores" };
  if (watchedMs < LEAST_WATCHED_MS) return { unknown: `${Math.round(watchedMs)} ms are too short a look` };
  const ticks = (watchedMs * TICKS_PER_SECOND) / 1000;
  const used = usedTicks(begin.processes, end.processes);
  const family = familyOf(pid, begin.processes, end.processes);
  const sum = (count: (pair: { before: CpuTicks; after: CpuTicks }) => number) =>
    pairs.reduce((total, pair) => total + count(pair), 0);
  const busy = sum(({ before, after }) => after.busy - before.busy);
  const familyTicks = [...family].reduce((total, member) => total + (used.get(member) ?? 0), 0);
  const otherCores = Math.max(0, (busy - familyTicks) / ticks);
  const others = named(end.processes, used, family, new Set(watched), ticks);
  return {
    watchedMs: Math.round(watchedMs),
    allowedCores: watched.length,
    otherCores,
    // What ended between two files that were read one after the other may count twice.
    processes: others.map((process) => ({ ...process, cores: Math.min(process.cores, otherCores) })),
    // An estimate of which the kernel takes some back at times.
    stolenRatio: sum(({ before, after }) => Math.max(0, after.stolen - before.stolen)) / (ticks * pairs.length),
    stolenRatioSinceStart:
      sum(({ after }) => after.stolen) /
      Math.max(
        1,
        sum(({ after }) => after.total),
      ),
  };
}

/** The ticks that each process used in between, with those of its children that ended in between. */
function usedTicks(begin: CpuSnapshot["processes"], end: CpuSnapshot["processes"]): Map<number, number> {
  const isSame = (pid: number) => begin.get(pid)?.started === end.get(pid)?.started;
  /**
   * What processes had used before that ended: the nearest one above them that goes on gets all of their time at once.
   */
  const before = new Map<number, number>();
  for (const [pid, { parent, ticks, childTicks }] of begin) {
    if (isSame(pid)) continue;
    let above: number | undefined = parent;
    while (above !== undefined && !isSame(above)) above = begin.get(above)?.parent;
    if (above !== undefined) before.set(above, (before.get(above) ?? 0) + ticks + childTicks);
  }
  return new Map(
    [...end].map(([pid, after]) => {
      const first = isSame(pid) ? begin.get(pid) : undefined;
      const ended = after.childTicks - (first?.childTicks ?? 0) - (before.get(pid) ?? 0);
      return [pid, after.ticks - (first?.ticks ?? 0) + Math.max(0, ended)];
    }),
  );
}

/** A process and all that it started, directly or not. */
function familyOf(pid: number, ...snapshots: readonly CpuSnapshot["processes"][]): Set<number> {
  const family = new Set([pid]);
  for (let size = 0; size < family.size; ) {
    size = family.size;
    for (const processes of snapshots) {
      for (const [member, { parent }] of processes) if (family.has(parent)) family.add(member);
    }
  }
  return family;
}

function named(
  processes: CpuSnapshot["processes"],
  used: ReadonlyMap<number, number>,
  family: ReadonlySet<number>,
  watched: ReadonlySet<number>,
  ticks: number,
): BusyProcess[] {
  const others = [...processes].filter(([pid, { cpu }]) => !family.has(pid) && watched.has(cpu));
  return [...groupBy(others, ([, { name }]) => name)]
    .map(([name, members]) => {
      const busy = members.filter(([pid]) => (used.get(pid) ?? 0) > 0);
      const cores = busy.reduce((sum, [pid]) => sum + (used.get(pid) ?? 0), 0) / ticks;
      return { name, pids: busy.map(([pid]) => pid).sort((a, b) => a - b), cores };
    })
    .filter(({ cores }) => cores >= NAMED_FROM_CORES)
    .sort((a, b) => b.cores - a.cores)
    .slice(0, MOST_NAMED);
}
