import { closeSync, openSync, readFileSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import { isRunning, type RunningProcess, runningProcess } from "../core/running-process.js";
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
      writeSync(file, JSON.stringify(runningProcess(process.pid)));
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

function readHolder(path: string): RunningProcess | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as RunningProcess;
  } catch {
    return undefined; // torn by a crash while it was written
  }
}
