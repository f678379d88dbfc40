import { formatDuration } from "../core/units.js";
import type { Phase, TrialStatus } from "../dataset/tables.js";
import { outOfMemoryKills } from "../hardware/kernel/own-limits.js";
import { startProcess } from "../processes/start-process.js";
import { failureOnEnd } from "./failure-on-end.js";
import { processMemory } from "./process-memory.js";
import { labelOf, type TimedInference, type TrialEvent, type TrialFailure, type TrialSpec } from "./trial-protocol.js";

const ENTRY = new URL("./trial-process.js", import.meta.url);
/** How often a trial's memory is held against the limit while it loads the model and runs its first inference. */
const GROWING_POLL_MS = 25;
/** How often after that: memory hardly grows any more, and every look takes a core from the inference. */
const STEADY_POLL_MS = 250;

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
  const oomKillsBefore = outOfMemoryKills();
  const told = new Told();
  const { child, ended } = startProcess<TrialEvent>(ENTRY, spec, {
    label: labelOf(spec),
    cores: options.cores,
    onEvent: (event) => {
      if (told.hear(event) !== "steady") return;
      clearInterval(poll);
      poll = setInterval(holdAgainstLimit, STEADY_POLL_MS);
    },
  });
  const { pid } = child;
  if (pid !== undefined) options.onStart?.(pid);

  let verdict: Verdict | undefined;
  const end = (reason: Verdict) => {
    verdict ??= reason;
    child.kill("SIGKILL");
  };
  const deadline = setTimeout(
    () => end({ status: "timeout", detail: `longer than ${formatDuration(options.timeoutMs)}` }),
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

  try {
    const end = await ended;
    options.signal?.throwIfAborted();
    verdict ??= failureOnEnd(end, told.failure, outOfMemoryKills() > oomKillsBefore) ?? { status: "ok" };
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

/** Collects a trial's events. */
class Told {
  failure: TrialFailure | undefined;
  done: Event<"done"> | undefined;
  private seenMemoryMib = 0;
  private seenDeviceMemoryMib: number | undefined;
  private prepared: Event<"prepared"> | undefined;
  private loadMs: number | undefined;
  private readonly phases: { phase: Phase; atMs: number }[] = [];
  private readonly inferences: TimedInference[] = [];
  private readonly probes: Event<"probe">[] = [];

  /** @returns the phase that an event begins */
  hear(event: TrialEvent): Phase | undefined {
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
