import { join } from "node:path";
import { listFolder, readText } from "../reading/list-folder.js";

/** What one CPU did since the machine started, in ticks of 10 ms. */
export interface CpuTicks {
  readonly busy: number;
  readonly stolen: number;
  readonly total: number;
}

/** A process, and the CPU time that it and its ended children have used, in ticks. */
export interface ProcessTicks {
  readonly name: string;
  readonly parent: number;
  readonly ticks: number;
  readonly childTicks: number;
  /** When it started: an id may be given again. */
  readonly started: number;
  /** The CPU that it ran on last. */
  readonly cpu: number;
}

/** What each CPU did, by its number. */
export function readCpuTicks(procRoot: string): Map<number, CpuTicks> {
  const lines = (readText(join(procRoot, "stat")) ?? "").matchAll(/^cpu(\d+) (.*)$/gm);
  return new Map(
    [...lines].map(([, cpu, times = ""]) => {
      const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, softirq = 0, stolen = 0] = times
        .trim()
        .split(/\s+/)
        .map(Number);
      const busy = user + nice + system + irq + softirq;
      return [Number(cpu), { busy, stolen, total: busy + idle + wait + stolen }];
    }),
  );
}

/** All processes that can be seen, by their ids. */
export function readProcessTicks(procRoot: string): Map<number, ProcessTicks> {
  return new Map(
    listFolder(procRoot, /^\d+$/).flatMap((pid) => {
      const ticks = parseProcessStat(readText(join(procRoot, pid, "stat")) ?? "");
      return ticks === undefined ? [] : [[Number(pid), ticks]];
    }),
  );
}

/** The fields of /proc/<pid>/stat, counted as in proc(5). The name may hold blanks and parentheses. */
function parseProcessStat(text: string): ProcessTicks | undefined {
  const [, name, rest] = /^\d+ \((.*)\) (.*)$/s.exec(text) ?? [];
  if (name === undefined || rest === undefined) return undefined;
  const words = rest.split(" ");
  const field = (number: number) => Number(words[number - 3]);
  return {
    name,
    parent: field(4),
    ticks: field(14) + field(15),
    childTicks: field(16) + field(17),
    started: field(22),
    cpu: field(39),
  };
}
