import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { groupBy } from "../../core/group-by.js";
import { reasonOf } from "../../core/reason-of.js";
import type { KernelCounter } from "../reading/counter-growth.js";
import type { Feature } from "../reading/feature.js";
import { featureGroup } from "../reading/feature-group.js";
import { memberSums } from "../reading/member-sums.js";
import type { Place, Reader, Source } from "../reading/source.js";
import { processIo } from "./process-io.js";
import { processStat } from "./process-stat.js";
import { processStatus } from "./process-status.js";
import { processThreads } from "./process-threads.js";

/** What is read of one process from its own files. */
const PROCESS_SOURCES: readonly Source[] = [processStat, processStatus, processIo, processThreads];

/** Of several processes these say nothing when summed; peaks are reached at different times. */
const NOT_SUMMED = new Set(
  ["priority", "nice", "last_cpu", "resident_peak_kib", "virtual_peak_kib"].map((name) => `process/${name}`),
);
/** Each process keeps some ten files open. */
const MOST_PROCESSES = 256;
/** Most that a process's counter can grow by in a second, by its unit: 4,096 cores, 1 TB, 10^10 of what is counted. */
const MOST_PER_S: Readonly<Record<string, number>> = { s: 4096, B: 1e12, "1": 1e10 };

const READ = PROCESS_SOURCES.flatMap(({ features }) => features);
const COUNTERS = READ.flatMap((feature, index) => (feature.kind === "counter" ? [{ feature, index }] : []));
const GAUGES = READ.flatMap((feature, index) =>
  feature.kind === "counter" || NOT_SUMMED.has(feature.name) ? [] : [{ feature, index }],
);

/**
 * A process and all its children and theirs, summed: gauges over those that run, counters by the growth of each, so
 * that one that ends takes nothing back and one that begins counts from its start.
 */
export const processTree: Source = {
  features: [
    featureGroup("process", "process", "/proc/<pid>/stat").gauge(
      ...(["processes", "1", "field 4", "Processes of the tree that run."] as const),
    ),
    ...[...GAUGES, ...COUNTERS].map(({ feature }) => summed(feature)),
  ],
  open: openProcessTree,
};

/** The sources with the features of a whole tree in place of those of one process, where there are such. */
export function withProcessTree(sources: readonly Source[]): readonly Source[] {
  const others = sources.filter((source) => !PROCESS_SOURCES.includes(source));
  return others.length < sources.length ? [...others, processTree] : sources;
}

function summed(feature: Feature): Feature {
  return { ...feature, description: `${feature.description.replace(/\.$/, "")}, of the process and its children.` };
}

interface Listed {
  readonly pid: number;
  readonly parent: number;
  /** A process is not a later one with the same number. */
  readonly name: string;
}

/** The processes that run, without those that have ended and wait for their parent. */
function listProcesses(procRoot: string): Listed[] {
  return readdirSync(procRoot).flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const stat = readFileSync(join(procRoot, entry, "stat"), "latin1");
      const [state = "", parent = "", ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const isOver = state === "Z" || state === "X";
      return isOver ? [] : [{ pid: Number(entry), parent: Number(parent), name: `${entry} ${rest[17]}` }];
    } catch {
      return []; // it ended while it was looked at
    }
  });
}

function treeOf(root: number, listed: readonly Listed[]): Listed[] {
  const childrenOf = groupBy(listed, ({ parent }) => parent);
  const tree = listed.filter(({ pid }) => pid === root);
  for (const { pid } of tree) tree.push(...(childrenOf.get(pid) ?? []));
  return tree;
}

interface Member {
  readonly values: Float64Array;
  readonly readers: readonly { readonly reader: Reader; readonly at: number }[];
}

function openMember(place: Place): Member {
  let at = 0;
  const readers = PROCESS_SOURCES.map((source) => {
    const opened = { reader: source.open(place), at };
    at += source.features.length;
    return opened;
  });
  return { values: new Float64Array(READ.length), readers };
}

function openProcessTree(place: Place): Reader {
  const members = new Map<string, Member>();
  const sums = memberSums(
    COUNTERS.map(({ feature }): KernelCounter => ({ mostPerS: MOST_PER_S[feature.unit] ?? 0 })),
    "was born",
  );
  const counts = new Float64Array(COUNTERS.length);
  let problem: string | undefined;

  function keepOnly(names: ReadonlySet<string>): void {
    for (const [name, { readers }] of members) {
      if (names.has(name)) continue;
      for (const { reader } of readers) reader.close();
      members.delete(name);
    }
  }

  /** The tree's members, or nothing, with the problem told, where they can't be read. */
  function list(): Listed[] {
    problem = undefined;
    try {
      const tree = treeOf(place.pid, listProcesses(place.procRoot));
      if (tree.length <= MOST_PROCESSES) return tree;
      problem = `process ${place.pid}: ${tree.length} processes, more than the ${MOST_PROCESSES} that are summed`;
    } catch (error) {
      problem = `${place.procRoot}: ${reasonOf(error)}`;
    }
    return [];
  }

  /** Reads a member; undefined where it has ended meanwhile. */
  function readMember({ pid, name }: Listed, elapsedMs: number): Float64Array | undefined {
    const known = members.get(name);
    const member = known ?? openMember({ ...place, pid });
    if (known === undefined) members.set(name, member);
    for (const { reader, at } of member.readers) {
      reader.read(member.values, at, known === undefined ? Number.NaN : elapsedMs);
      problem ??= reader.problem();
    }
    return existsSync(join(place.procRoot, String(pid), "stat")) ? member.values : undefined;
  }

  return {
    read(values, at, elapsedMs) {
      values.fill(Number.NaN, at, at + processTree.features.length);
      const tree = list();
      keepOnly(new Set(tree.map(({ name }) => name)));
      sums.begin(elapsedMs);
      if (tree.length === 0) return;
      let processes = 0;
      const gauges = values.subarray(at + 1, at + 1 + GAUGES.length).fill(0);
      for (const each of tree) {
        const read = readMember(each, elapsedMs);
        if (read === undefined) continue;
        processes++;
        for (const [place, { index }] of GAUGES.entries()) gauges[place] = (gauges[place] ?? 0) + (read[index] ?? 0);
        for (const [place, { index }] of COUNTERS.entries()) counts[place] = read[index] ?? Number.NaN;
        sums.add(each.name, counts);
      }
      values[at] = processes;
      sums.end(values, at + 1 + GAUGES.length);
    },
    problem: () => problem,
    close: () => keepOnly(new Set()),
  };
}
