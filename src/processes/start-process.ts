import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Duplex, Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { plainLine } from "../core/plain-line.js";
import { pinnedCommand } from "./pinning.js";

/** Characters of standard error: enough for the stack that follows V8's own words. */
const STDERR_KEPT = 20_000;

export interface StartOptions<Event> {
  /** What `ps` shows of the work. */
  readonly label: string;
  /** The only cores that the process may use; undefined for all. */
  readonly cores?: readonly number[] | undefined;
  /** Whether its standard input is a pipe that is held open. */
  readonly withInput?: boolean;
  onEvent(event: Event): void;
}

/** A process that does one piece of work and tells what happens meanwhile. */
export interface StartedProcess {
  readonly child: ChildProcess;
  /** When it has ended and everything that it told was heard; never rejects. */
  readonly ended: Promise<ProcessEnd>;
}

/** How a process ended; a process that never started has an error. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of what it wrote to standard error. */
  readonly stderr: string;
  readonly error?: string;
}

/**
 * Starts a process of Batchwise. Its work travels as JSON on descriptor 4, because an argument holds 128 KiB at most;
 * what it tells comes as JSON lines on descriptor 3. It has a group of its own, so that Ctrl-C in the terminal reaches
 * only whoever started it. The last line of a process that was killed may be half a line, which is not heard.
 *
 * @param entry a file that reads its work with `workGiven` and tells events with `tellParent`
 */
export function startProcess<Event>(entry: URL, work: object, options: StartOptions<Event>): StartedProcess {
  const { label, cores, withInput = false, onEvent } = options;
  const { program, args } = pinnedCommand(cores, process.execPath, [fileURLToPath(entry), label]);
  const child = spawn(program, args, {
    stdio: [withInput ? "pipe" : "ignore", "ignore", "pipe", "pipe", "pipe"],
    detached: true,
  });
  // Without free descriptors there are no pipes, whatever the declarations say, and an error follows.
  const [, , , told, given] = (child.stdio as typeof child.stdio | undefined) ?? [];
  for (const stream of [child.stdin, given]) stream?.on("error", () => undefined); // it ended before; its end says why
  (given as Duplex | undefined)?.end(JSON.stringify(work));
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    stderr = (stderr + chunk).slice(-STDERR_KEPT);
  });
  if (told) {
    createInterface({ input: told as Readable }).on("line", (line) => {
      const event = eventIn<Event>(line);
      if (event !== undefined) onEvent(event);
    });
  }
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once("error", ({ message }) => resolve({ exitCode: null, signal: null, stderr, error: message }));
    child.once("close", (exitCode, signal) => resolve({ exitCode, signal, stderr }));
  });
  return { child, ended };
}

function eventIn<Event>(line: string): Event | undefined {
  try {
    return JSON.parse(line) as Event;
  } catch {
    return undefined; // torn by a kill
  }
}

/** In words how a process ended that did not say so itself, with the last line that it wrote to standard error. */
export function endInWords({ exitCode, signal, stderr, error }: ProcessEnd): string {
  const how = error ?? (signal === null ? `exit code ${exitCode}` : `signal ${signal}`);
  const lastWords =
    stderr
      .split("\n")
      .map(plainLine)
      .findLast((line) => line !== "") ?? "";
  return lastWords === "" ? how : `${how}: ${lastWords}`;
}
