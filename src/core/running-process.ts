import { readFileSync } from "node:fs";

/** A process and when it started: together they tell it from a later process with the same id. */
export interface RunningProcess {
  readonly pid: number;
  /** In clock ticks since the machine's start; empty elsewhere than on Linux. */
  readonly started: string;
}

/** The process with an id, or undefined if none runs; one that has ended and waits for its parent does not run. */
export function runningProcess(pid: number): RunningProcess | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return undefined;
  }
  const fields = statFields(pid);
  return fields[0] === "Z" || fields[0] === "X" ? undefined : { pid, started: fields[19] ?? "" };
}

/** Whether it is still that process that runs. */
export function isRunning({ pid, started }: RunningProcess): boolean {
  return runningProcess(pid)?.started === started;
}

/** The fields of `/proc/<pid>/stat` from the third on (the state); the second, the name, may hold blanks. */
function statFields(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}
