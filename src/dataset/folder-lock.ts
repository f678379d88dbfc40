import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { lockFile } from "../core/file-lock.js";
import { isRunning, type RunningProcess, runningProcess } from "../core/running-process.js";
import { UserError } from "../core/user-error.js";

/** Each shard has a lock of its own. */
function lockPath(folder: string, number: number): string {
  return join(folder, number === 0 ? "sweep.lock" : `sweep-${number}.lock`);
}

/** Proof that this process alone writes to a dataset folder. */
export interface FolderLock {
  release(): void;
}

/**
 * Takes the lock of a dataset folder: the kernel's lock of a file in it, which ends with its process, however that
 * ends. The file says which process it is. Where there are no such locks (Windows, some network file systems) that
 * process decides.
 *
 * @param number of the shard that is written; 0 where the dataset is whole
 * @throws UserError with the process id of the process that holds it
 */
export function lockFolder(folder: string, number = 0): FolderLock {
  const path = lockPath(folder, number);
  for (;;) {
    const file = openSync(path, "a+");
    const locked = lockFile(file);
    const holder = locked === true ? undefined : readHolder(path);
    if (locked === false || (holder !== undefined && isRunning(holder))) {
      closeSync(file);
      throw new UserError(`dataset ${folder}: is being measured by ${inWords(holder)}, wait for it or stop it`);
    }
    if (!isAt(path, file)) {
      closeSync(file); // whoever held it has removed it meanwhile, so that it locks nothing
      continue;
    }
    ftruncateSync(file);
    writeSync(file, JSON.stringify(runningProcess(process.pid)));
    return {
      release() {
        rmSync(path, { force: true }); // before anybody else can have its lock
        closeSync(file);
      },
    };
  }
}

/** The process that measures into a dataset folder just now, in words; undefined where none does. */
export function measuredBy(folder: string, number = 0): string | undefined {
  const path = lockPath(folder, number);
  if (!existsSync(path)) return undefined;
  const file = openSync(path, "r");
  try {
    const locked = lockFile(file);
    const holder = locked === true ? undefined : readHolder(path);
    if (locked === false) return inWords(holder);
    return holder !== undefined && isRunning(holder) ? inWords(holder) : undefined;
  } finally {
    closeSync(file);
  }
}

function inWords(holder: RunningProcess | undefined): string {
  return holder === undefined ? "another process" : `process ${holder.pid}`;
}

function isAt(path: string, file: number): boolean {
  try {
    return statSync(path).ino === fstatSync(file).ino;
  } catch {
    return false;
  }
}

function readHolder(path: string): RunningProcess | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as RunningProcess;
  } catch {
    return undefined; // not yet written, or torn by a crash
  }
}
