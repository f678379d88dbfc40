import { closeSync, openSync, readFileSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../core/user-error.js";

const FILE = "sweep.lock";

/** Proof that this process alone writes to a dataset folder. */
export interface FolderLock {
  release(): void;
}

/**
 * Takes the lock of a dataset folder. A lock whose process has ended, however it ended, is taken over.
 *
 * @throws UserError with the process id of the process that holds it
 */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, FILE);
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = openSync(path, "wx");
      writeSync(file, JSON.stringify({ pid: process.pid, started: startOf(process.pid) }));
      closeSync(file);
      return { release: () => unlinkSync(path) };
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      const holder = readHolder(path);
      if (holder !== undefined && isRunning(holder)) {
        throw new UserError(`dataset ${folder}: is being measured by process ${holder.pid}, wait for it or stop it`);
      }
      unlinkSync(path);
    }
  }
  throw new UserError(`dataset ${folder}: another process took its lock at the same moment, try again`);
}

interface Holder {
  readonly pid: number;
  readonly started: string;
}

function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Holder;
  } catch {
    return undefined; // torn by a crash while it was written
  }
}

function isRunning({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  return startOf(pid) === started;
}

/** When a process started, in clock ticks since the machine's; tells a process from a later one with the same id. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
