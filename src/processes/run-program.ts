import { spawnSync } from "node:child_process";
import { UserError } from "../core/user-error.js";

const STDERR = 2;

/** A program of others, its arguments and what it reads. */
export interface Call {
  readonly program: string;
  readonly args: readonly string[];
  /** What it reads. Without it it has the standard input of this process, and all that it writes goes to our errors. */
  readonly input?: string;
}

/**
 * Runs a program of others until it ends.
 *
 * @returns what it wrote to standard output where it was given an input, else nothing
 * @throws UserError if there is no such program
 * @throws Error with its last words if it fails
 */
export function runProgram({ program, args, input }: Call): string {
  const done = spawnSync(program, args, {
    encoding: "utf8",
    ...(input === undefined ? { stdio: ["inherit", STDERR, STDERR] } : { input }),
  });
  const { code } = (done.error as NodeJS.ErrnoException | undefined) ?? {};
  if (code === "ENOENT") throw new UserError(`${program}: not found, required is it on the path`);
  if (done.error !== undefined && code !== "EPIPE") throw new Error(`${program}: ${done.error.message}`);
  if (done.status !== 0) {
    const how = done.signal === null ? `exit code ${done.status}` : `signal ${done.signal}`;
    const lastWords = (done.stderr ?? "").trim().split("\n").at(-1) ?? "";
    throw new Error(`${program}: ${how}${lastWords === "" ? "" : `: ${lastWords}`}`);
  }
  return done.stdout ?? "";
}
