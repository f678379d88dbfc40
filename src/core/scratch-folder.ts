import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, rmdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lockFile } from "./file-lock.js";
import { reasonOf } from "./reason-of.js";
import { UserError } from "./user-error.js";

const PREFIX = "batchwise-scratch-";
/** Locked as long as the owner lives, however it ends. */
const LOCK = "owner.lock";

const LOCKED_WITHIN_MS = 60_000;

/** A folder for files that nobody needs afterwards. */
export interface ScratchFolder {
  readonly path: string;
  remove(): void;
}

/**
 * Makes a folder for temporary files, and removes those of processes that were killed before they could do so.
 *
 * @throws UserError naming the folder for temporary files where none can be made in it
 */
export function makeScratchFolder(): ScratchFolder {
  const root = tmpdir();
  removeLeftOver(root);
  try {
    for (;;) {
      const path = mkdtempSync(join(root, PREFIX));
      const file = openSync(join(path, LOCK), "w");
      const remove = () => {
        rmSync(path, { recursive: true, force: true });
        closeSync(file);
      };
      // Another process that starts just then may have taken the lock first, and the folder for one without an owner.
      if (lockFile(file) !== false && existsSync(join(path, LOCK))) return { path, remove };
      remove();
    }
  } catch (error) {
    throw new UserError(`temporary folder ${root}: ${reasonOf(error)}, another one can be named in TMPDIR`);
  }
}

/** A folder whose lock can't be had, or that has just been made and has none yet, may belong to somebody. */
function removeLeftOver(root: string): void {
  for (const name of namesIn(root)) {
    if (!name.startsWith(PREFIX)) continue;
    const path = join(root, name);
    try {
      const file = openSync(join(path, LOCK), "r");
      if (lockFile(file) === true) rmSync(path, { recursive: true, force: true });
      closeSync(file);
    } catch {
      removeWithoutLock(path);
    }
  }
}

/** Its owner was killed between making it and its lock. */
function removeWithoutLock(path: string): void {
  try {
    if (Date.now() - statSync(path).mtimeMs > LOCKED_WITHIN_MS) rmdirSync(path); // only what is empty goes so
  } catch {
    // another user's, or just being removed
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
