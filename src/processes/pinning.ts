import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { cpusInList } from "../core/cpu-list.js";
import { UserError } from "../core/user-error.js";

/** The cores that this process may use, from the kernel where it tells. */
export function allowedCores(): number[] {
  try {
    const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";
    return cpusInList(list);
  } catch {
    return Array.from({ length: availableParallelism() }, (_, core) => core);
  }
}

/**
 * Cores of their own for devices that run side by side on the CPU.
 *
 * @param threads of each device
 * @returns for each device its cores
 * @throws UserError if this machine has too few
 */
export function coresFor(threads: readonly number[]): number[][] {
  const cores = allowedCores();
  const needed = threads.reduce((sum, count) => sum + count, 0);
  if (needed > cores.length) {
    throw new UserError(
      `${threads.length} devices side by side with ${threads.join(" + ")} threads: need ${needed} cores, this machine has ${cores.length}`,
    );
  }
  return threads.map((count) => cores.splice(0, count));
}

let tasksetWorks: boolean | undefined;

/**
 * The command that runs a program on some cores only, as a program and its arguments. Without `taskset`, which Linux
 * has, the program itself.
 *
 * @param cores undefined for all
 */
export function pinnedCommand(
  cores: readonly number[] | undefined,
  program: string,
  args: readonly string[],
): { program: string; args: string[] } {
  if (cores === undefined || !canPin()) return { program, args: [...args] };
  return { program: "taskset", args: ["--cpu-list", cores.join(","), program, ...args] };
}

/** Whether processes can be kept to cores here. */
export function canPin(): boolean {
  tasksetWorks ??= spawnSync("taskset", ["--version"], { stdio: "ignore" }).status === 0;
  return tasksetWorks;
}
