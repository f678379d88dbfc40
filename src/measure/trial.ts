import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Phase, TrialStatus } from "../dataset/tables.js";
import { pinnedCommand } from "./pinning.js";
import { processMemory } from "./process-memory.js";
import type { TimedInference, TrialEvent, TrialSpec } from "./trial-protocol.js";

const ENTRY = fileURLToPath(new URL("./trial-process.js", import.meta.url));
/** How often a trial's memory is held against the limit while it loads the model and runs its first inference. */
const GROWING_POLL_MS = 25;
/** How often after that: memory hardly grows any more, and every look takes a core from the inference. */
const STEADY_POLL_MS = 250;
/** Characters: enough for the stack that follows V8's own words. */
const STDERR_KEPT = 20_000;

type Event<Kind extends TrialEvent["event"]> = Extract<TrialEvent, { event: Kind }>;

/** Everything that one trial told, and how it ended. Whatever was measured before a failure is kept. */
export interface TrialOutcome {
  readonly status: Exclude<TrialStatus, "skipped">;
  readonly detail?: string;
  readonly phases: readonly { readonly phase: Phase; readonly atMs: number }[];
  readonly inferences: readonly TimedInference[];
  readonly probes: readonly Event<"probe">[];
  readonly prepared?: Event<"prepared">;
  readonly loadMs?: number;
  readonly done?: Event<"done">;
  /** The largest resident memory that was seen from outside. */
  readonly seenMemoryMib: number;
  /** The largest GPU memory of the process that was seen, where it was looked at. */
  readonly seenDeviceMemoryMib?: number;
}

export interface TrialOptions {
  readonly timeoutMs: number;
  /** The cores that the trial may use. Default: all. */
  readonly cores?: readonly number[];
  /** Ends the trial; its outcome is then of no use and `runTrial` rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called with the process id as soon as the process runs. */
  readonly onStart?: (pid: number) => void;
  /** GPU memory of a process in MiB, where that is what the limit is of. */
  readonly deviceMemoryMib?: (pid: number) => number | undefined;
}

/**
 * Measures one cell in a fresh process.
 *
 * A process that outgrows the memory limit, outlives the timeout, crashes or reports an error is an outcome, not an
 * exception.
 */
export async function runTrial(spec: TrialSpec, options: TrialOptions): Promise<TrialOutcome> {
  options.signal?.throwIfAborted();
  const oomKillsBefore = kernelOutOfMemoryKills();
  // A group of its own, so that Ctrl-C in the terminal reaches the sweep and not the trial.
  const { program, args } = pinnedCommand(options.cores, process.execPath, [ENTRY, JSON.stringify(spec)]);
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe", "pipe"], detached: true });
  const pid = child.pid;
  const told = new Told();
  const ended = once(child, "close");
  if (pid !== undefined) options.onStart?.(pid);

  let verdict: Verdict | undefined;
  const end = (reason: Verdict) => {
    verdict ??= reason;
    child.kill("SIGKILL");
  };
  const deadline = setTimeout(
    () => end({ status: "timeout", detail: `longer than ${options.timeoutMs} ms` }),
    options.timeoutMs,
  );
  const holdAgainstLimit = () => {
    if (pid === undefined) return;
    const seenMib = told.seeMemory(hostMemoryMib(pid), options.deviceMemoryMib?.(pid));
    if (seenMib > spec.memoryLimitMib) {
      const limit = Math.round(spec.memoryLimitMib);
      end({ status: "out_of_memory", detail: `memory ${Math.round(seenMib)} MiB exceeds the limit of ${limit} MiB` });
    }
  };
  let poll = setInterval(holdAgainstLimit, GROWING_POLL_MS);
  const abort = () => child.kill("SIGKILL");
  options.signal?.addEventListener("abort", abort, { once: true });

  createInterface({ input: child.stdio[3] as Readable }).on("line", (line) => {
    if (told.hear(line) !== "steady") return;
    clearInterval(poll);
    poll = setInterval(holdAgainstLimit, STEADY_POLL_MS);
  });
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    stderr = (stderr + chunk).slice(-STDERR_KEPT);
  });
  try {
    const [exitCode, signal] = (await ended) as [number | null, NodeJS.Signals | null];
    options.signal?.throwIfAborted();
    verdict ??= told.failure ?? verdictOnExit(exitCode, signal, stderr, kernelOutOfMemoryKills() > oomKillsBefore);
    return { ...told.outcome(), ...(told.done && verdict.status === "crashed" ? { status: "ok" } : verdict) };
  } finally {
    clearTimeout(deadline);
    clearInterval(poll);
    options.signal?.removeEventListener("abort", abort);
  }
}

interface Verdict {
  readonly status: TrialOutcome["status"];
  readonly detail?: string;
}

function verdictOnExit(
  exitCode: number | null,
  signal: NodeJS.Signals | null,
  stderr: string,
  kernelKilled: boolean,
): Verdict {
  if (exitCode === 0) return { status: "ok" };
  if (signal === "SIGKILL" && kernelKilled) {
    return { status: "out_of_memory", detail: "ended by the kernel's out-of-memory killer" };
  }
  const lines = stderr.trim().split("\n");
  const outOfMemory = lines.find((line) => /bad_alloc|out of memory/i.test(line));
  if (outOfMemory !== undefined) return { status: "out_of_memory", detail: outOfMemory };
  const lastWords = lines.at(-1) ?? "";
  const how = signal === null ? `exit code ${exitCode}` : `signal ${signal}`;
  return { status: "crashed", detail: lastWords === "" ? how : `${how}: ${lastWords}` };
}

/** Collects a trial's events. */
class Told {
  failure: Verdict | undefined;
  done: Event<"done"> | undefined;
  private seenMemoryMib = 0;
  private seenDeviceMemoryMib: number | undefined;
  private prepared: Event<"prepared"> | undefined;
  private loadMs: number | undefined;
  private readonly phases: { phase: Phase; atMs: number }[] = [];
  private readonly inferences: TimedInference[] = [];
  private readonly probes: Event<"probe">[] = [];

  /** @returns the phase that an event begins */
  hear(line: string): Phase | undefined {
    const event = JSON.parse(line) as TrialEvent;
    switch (event.event) {
      case "prepared":
        this.prepared = event;
        break;
      case "phase":
        this.phases.push({ phase: event.phase, atMs: event.atMs });
        return event.phase;
      case "loaded":
        this.loadMs = event.loadMs;
        break;
      case "inferences":
        this.inferences.push(...event.inferences);
        break;
      case "probe":
        this.probes.push(event);
        break;
      case "done":
        this.done = event;
        break;
      case "failed":
        this.failure = { status: event.status, detail: event.detail };
        break;
    }
    return undefined;
  }

  /** @returns the memory that counts against the limit: the GPU's where the process uses one, else the host's */
  seeMemory(hostMib: number, deviceMib: number | undefined): number {
    this.seenMemoryMib = Math.max(this.seenMemoryMib, hostMib);
    if (deviceMib === undefined) return hostMib;
    this.seenDeviceMemoryMib = Math.max(this.seenDeviceMemoryMib ?? 0, deviceMib);
    return deviceMib;
  }

  outcome(): Omit<TrialOutcome, "status" | "detail"> {
    const { phases, inferences, probes, seenMemoryMib, seenDeviceMemoryMib, prepared, loadMs, done } = this;
    return {
      phases,
      inferences,
      probes,
      seenMemoryMib,
      ...(seenDeviceMemoryMib !== undefined && { seenDeviceMemoryMib }),
      ...(prepared && { prepared }),
      ...(loadMs !== undefined && { loadMs }),
      ...(done && { done }),
    };
  }
}

function hostMemoryMib(pid: number): number {
  return processMemory(pid)?.residentMib ?? 0;
}

/** How often this machine's kernel has killed a process for want of memory, since it started. */
function kernelOutOfMemoryKills(): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync("/proc/vmstat", "latin1"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
