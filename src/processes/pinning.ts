import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { counted } from "../core/counted.js";
import { cpusInList } from "../core/cpu-list.js";
import { once } from "../core/once.js";
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
 * @param quotaCores CPUs' worth of time that this process may use; undefined for all
 * @returns for each device its cores
 * @throws UserError if this machine has too few, or the quota gives less
 */
export function coresFor(threads: readonly number[], quotaCores?: number): number[][] {
  const cores = allowedCores();
  const needed = threads.reduce((sum, count) => sum + count, 0);
  const refuse = (have: string) => {
    const asked =
      threads.length === 1
        ? `a device with ${counted(needed, "thread")}: needs`
        : `${threads.length} devices side by side with ${threads.join(" + ")} threads: need`;
    throw new UserError(`${asked} ${counted(needed, "core")}, ${have}`);
  };
  if (needed > cores.length) refuse(`this machine has ${cores.length}`);
  if (quotaCores !== undefined && needed > quotaCores) refuse(`the control group's quota gives ${quotaCores}`);
  return threads.map((count) => cores.splice(0, count));
}

/**
 * The command that runs a program on some cores only, and ends it when whoever started it ends (PR_SET_PDEATHSIG of
 * prctl(2)): a program that hangs in a library would not see it. As a program and its arguments, without what this
 * machine lacks of `taskset` and `setpriv`, which Linux has.
 *
 * @param cores undefined for all
 */
export function pinnedCommand(
  cores: readonly number[] | undefined,
  program: string,
  args: readonly string[],
): { program: string; args: string[] } {
  const [command = program, ...rest] = [
    ...(cores !== undefined && canPin() ? ["taskset", "--cpu-list", cores.join(",")] : []),
    ...(canBind() ? ["setpriv", "--pdeathsig", "KILL", "--"] : []),
    program,
    ...args,
  ];
  return { program: command, args: rest };
}

/** Whether processes can be kept to cores here. */
export const canPin = once(() => runs("taskset", ["--version"]));

/** Whether processes can be bound to the life of whoever starts them. */
const canBind = once(() => runs("setpriv", ["--pdeathsig", "KILL", "--", "setpriv", "--version"]));

function runs(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}
