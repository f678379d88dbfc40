import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { monotonicMs } from "../core/clock.js";
import { pinnedCommand } from "../measure/pinning.js";
import { type DeviceEvent, type DeviceSpec, GO } from "./execute-protocol.js";

const ENTRY = fileURLToPath(new URL("./execute-process.js", import.meta.url));
const STDERR_KEPT = 2000;

/** What became of one device. */
export type DeviceOutcome =
  | { readonly status: "done"; readonly finishMs: number; readonly imagesDone: number }
  | { readonly status: "failed"; readonly detail: string };

/**
 * Runs devices side by side, each in a process with cores of its own. All prepare first; when the last one is ready,
 * all start together.
 *
 * @returns for each device when it finished, from the common start
 */
export async function runDevices(
  specs: readonly DeviceSpec[],
  cores: readonly (readonly number[] | undefined)[],
  signal?: AbortSignal,
): Promise<DeviceOutcome[]> {
  signal?.throwIfAborted();
  const devices = specs.map((spec, index) => startDevice(spec, cores[index]));
  const abort = () => {
    for (const { child } of devices) child.kill("SIGKILL");
  };
  signal?.addEventListener("abort", abort, { once: true });
  try {
    const ready = await Promise.all(devices.map((device) => device.ready));
    const failed = ready.find((failure) => failure !== undefined);
    const startedAtMs = monotonicMs();
    for (const { child } of devices) child.stdin?.end(failed === undefined ? `${GO}\n` : "");
    const outcomes = await Promise.all(devices.map(({ ended }) => ended));
    signal?.throwIfAborted();
    return outcomes.map((event) =>
      event.event === "done"
        ? { status: "done", finishMs: event.finishedAtMs - startedAtMs, imagesDone: event.imagesDone }
        : { status: "failed", detail: failed ?? event.detail },
    );
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

type Ended = Extract<DeviceEvent, { event: "done" | "failed" }>;

interface RunningDevice {
  readonly child: ChildProcess;
  /** Why it will never be ready, or undefined once it is. */
  readonly ready: Promise<string | undefined>;
  readonly ended: Promise<Ended>;
}

function startDevice(spec: DeviceSpec, cores: readonly number[] | undefined): RunningDevice {
  const { program, args } = pinnedCommand(cores, process.execPath, [ENTRY, JSON.stringify(spec)]);
  const child = spawn(program, args, { stdio: ["pipe", "ignore", "pipe", "pipe"], detached: true });
  child.stdin?.on("error", () => undefined); // it ended before the start; its end says why
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    stderr = (stderr + chunk).slice(-STDERR_KEPT);
  });
  const ready = deferred<string | undefined>();
  const ended = deferred<Ended>();
  let last: Ended | undefined;
  createInterface({ input: child.stdio[3] as Readable }).on("line", (line) => {
    const event = JSON.parse(line) as DeviceEvent;
    if (event.event === "ready") ready.resolve(undefined);
    else last = event;
  });
  child.on("error", (error) => finish(error.message));
  child.on("close", (code, how) => {
    const words = stderr.trim().split("\n").at(-1) ?? "";
    finish(`ended with ${how ?? `exit code ${code}`}${words === "" ? "" : `: ${words}`}`);
  });
  return { child, ready: ready.promise, ended: ended.promise };

  function finish(detail: string): void {
    const event = last ?? { event: "failed" as const, detail };
    ready.resolve(event.event === "failed" ? event.detail : undefined);
    ended.resolve(event);
  }
}

/** A promise that is resolved from outside: Node.js 20 has no `Promise.withResolvers`. */
function deferred<T>(): { promise: Promise<T>; resolve(value: T): void } {
  let settle: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, resolve: (value) => settle(value) };
}
