import type { ChildProcess } from "node:child_process";
import { monotonicMs } from "../core/clock.js";
import { deferred } from "../core/deferred.js";
import { labelOf } from "../measure/trial-protocol.js";
import { endInWords, startProcess } from "../processes/start-process.js";
import { type DeviceEvent, type DeviceSpec, GO } from "./execute-protocol.js";

const ENTRY = new URL("./execute-process.js", import.meta.url);

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
  const ready = deferred<string | undefined>();
  let last: Ended | undefined;
  const { child, ended } = startProcess<DeviceEvent>(ENTRY, spec, {
    label: labelOf(spec),
    cores,
    withInput: true,
    onEvent: (event) => {
      if (event.event === "ready") ready.resolve(undefined);
      else last = event;
    },
  });
  const told = ended.then((end): Ended => {
    const event = last ?? { event: "failed", detail: end.error ?? `ended with ${endInWords(end)}` };
    ready.resolve(event.event === "failed" ? event.detail : undefined);
    return event;
  });
  return { child, ready: ready.promise, ended: told };
}
