import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { pinnedCommand } from "./pinning.js";
import type { TrialEvent, TrialSpec } from "./trial-protocol.js";

const ENTRY = fileURLToPath(new URL("./trial-process.js", import.meta.url));
/** A companion never has enough: it runs until it is ended. */
const ENDLESS = {
  min_inferences: Number.MAX_SAFE_INTEGER,
  max_inferences: Number.MAX_SAFE_INTEGER,
  max_steady_ms: Number.MAX_SAFE_INTEGER,
  relative_half_width: Number.MIN_VALUE,
};

/** Processes that keep the other devices busy while one is measured. Owned by one trial, which ends them. */
export interface Companions {
  /** Why not all of them run, if so. */
  readonly failure: string | undefined;
  end(): Promise<void>;
}

/**
 * Starts the other devices of a cell, each in a process with cores of its own, and waits until each has run its first
 * inference: from then on the measured device has the neighbours that it has in a plan.
 */
export async function startCompanions(
  spec: TrialSpec,
  cores: readonly (readonly number[] | undefined)[],
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<Companions> {
  const children = cores.map((own) => startOne({ ...spec, stopping: ENDLESS, idleMs: 0 }, own));
  const end = async () => {
    await Promise.all(children.map(endOne));
  };
  try {
    const limit = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]);
    const failures = await Promise.all(children.map((child) => untilBusy(child, limit)));
    return { failure: failures.find((failure) => failure !== undefined), end };
  } catch (error) {
    await end();
    throw error;
  }
}

function startOne(spec: TrialSpec, cores: readonly number[] | undefined): ChildProcess {
  const { program, args } = pinnedCommand(cores, process.execPath, [ENTRY, JSON.stringify(spec)]);
  return spawn(program, args, { stdio: ["ignore", "ignore", "ignore", "pipe"], detached: true });
}

/** @returns why the companion does not run, or undefined once it does */
async function untilBusy(child: ChildProcess, limit: AbortSignal): Promise<string | undefined> {
  const lines = createInterface({ input: child.stdio[3] as Readable });
  const busy = new Promise<string | undefined>((resolve, reject) => {
    limit.addEventListener("abort", () => reject(limit.reason), { once: true });
    child.once("close", () => resolve("a device beside it ended"));
    lines.on("line", (line) => {
      const event = JSON.parse(line) as TrialEvent;
      if (event.event === "failed") resolve(`a device beside it: ${event.detail}`);
      if (event.event === "inferences") resolve(undefined);
    });
  });
  return busy;
}

async function endOne(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "close");
  child.kill("SIGKILL");
  await ended;
}
