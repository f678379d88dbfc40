import { existsSync, readdirSync, readFileSync } from "node:fs";

/** The environment variable that every process of a copy inherits, with the copy's folder. */
export const MARK = "MUTANT_OF";

/**
 * Ends a process group, and where there is a /proc every process that a copy's tests started, also in other groups: a
 * trial leads its own.
 */
export function killAllOf(root: string, group: number | undefined): void {
  if (group !== undefined) kill(-group);
  const mark = `${MARK}=${root}\0`;
  // A process may start another while it is looked for, so until none is found.
  for (let found = true, round = 0; found && round < 10; round++) {
    found = false;
    for (const pid of existsSync("/proc/self/environ") ? readdirSync("/proc").map(Number) : []) {
      if (pid > 0 && pid !== process.pid && environmentOf(pid).includes(mark)) found = kill(pid) || found;
    }
  }
}

function environmentOf(pid: number): string {
  try {
    return `${readFileSync(`/proc/${pid}/environ`, "latin1")}\0`;
  } catch {
    return ""; // ended, or another user's
  }
}

function kill(pid: number): boolean {
  try {
    process.kill(pid, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}
