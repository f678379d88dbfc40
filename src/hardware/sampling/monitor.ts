import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { reasonOf } from "../../core/reason-of.js";
import type { Feature } from "../reading/feature.js";
import type { UnavailableFeature } from "./recorder.js";
import type { SamplerOptions, SamplerReply, SamplerRequest } from "./sampler-messages.js";

/** One reading of all features at one time; values are aligned with the monitor's features, undefined where missing. */
export interface HardwareSample {
  readonly monotonicMs: number;
  readonly values: readonly (number | undefined)[];
}

/** The sampler in its own process: it sees what happens during an inference, too. */
export interface HardwareMonitor {
  readonly features: readonly Feature[];
  /** Features that had no value on this machine so far, in no watch, and why. */
  readonly unavailable: readonly UnavailableFeature[];
  /** The sampler's process id, undefined while there is none. */
  readonly samplerPid: number | undefined;
  /** Whether the sampler ended during the last watch, so that samples are missing, and was started again. */
  readonly interrupted: boolean;
  /** Starts sampling this machine and one process on it; the first sample is taken at once. */
  watch(pid: number): void;
  /** Stops sampling and gives all samples since `watch`. Fewer come back, and no error, if it was interrupted. */
  unwatch(): Promise<HardwareSample[]>;
  /** Ends the sampler and waits until it is gone. */
  close(): Promise<void>;
}

/** The kernel may end a sampler when memory runs out; one that ends so often won't run at all. */
const MOST_STARTS = 4;

const SAMPLER = fileURLToPath(new URL("./sampler-process.js", import.meta.url));

/** Compiler and collector work in the sampler's one thread: without their threads a sample cost half as much. */
export const SINGLE_THREADED = ["--single-threaded"];

/**
 * Starts the sampler. A sampler that dies (the kernel may kill it when memory runs out) is started again, a few times
 * in each watch, which then says that it was interrupted.
 *
 * @throws Error if it can't be started at all
 * @example
 * const monitor = await startHardwareMonitor({ intervalMs: 100 });
 * monitor.watch(process.pid);
 * const samples = await monitor.unwatch(); // samples[0].values[0] belongs to monitor.features[0]
 * await monitor.close();
 */
export async function startHardwareMonitor(options: SamplerOptions): Promise<HardwareMonitor> {
  let blocks: { timesMs: Float64Array; values: Float64Array }[] = [];
  let sampler: ChildProcess | undefined;
  let ended: (() => void) | undefined;
  let features: readonly Feature[] = [];
  let unavailable: readonly UnavailableFeature[] = [];
  const seen = new Set<string>();
  let watchedPid: number | undefined;
  /** Samplers that ended during the watch. */
  let losses = 0;

  function receive(reply: SamplerReply): void {
    if (reply.kind === "ready") {
      features = reply.features;
      unavailable = reply.unavailable;
      return;
    }
    if (reply.timesMs.length > 0) blocks.push(reply);
    for (const [index, { name }] of features.entries())
      if (!seen.has(name) && hasValue(reply, index, features.length)) seen.add(name);
    if (reply.unavailable === undefined) return;
    unavailable = merge(unavailable, reply.unavailable);
    ended?.();
  }

  function start(): ChildProcess {
    const child = fork(SAMPLER, {
      serialization: "advanced",
      execArgv: SINGLE_THREADED,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    child.on("message", receive);
    child.on("error", () => undefined); // a failed start or send: "exit" or "disconnect" follows
    child.on("exit", () => {
      if (sampler === child) sampler = undefined;
      if (watchedPid !== undefined) losses++;
      if (ended !== undefined) ended();
      else if (watchedPid !== undefined && losses < MOST_STARTS) watchAgain(watchedPid);
    });
    send(child, { kind: "start", options });
    return child;
  }

  function watchAgain(pid: number): void {
    sampler = start();
    send(sampler, { kind: "watch", pid });
  }

  for (let starts = 1; ; starts++) {
    sampler = start();
    const problem = await readyOrGone(sampler);
    if (problem === undefined) break;
    if (starts >= MOST_STARTS) throw new Error(problem);
  }
  return {
    get features() {
      return features;
    },
    get unavailable() {
      return unavailable.filter(({ name }) => !seen.has(name));
    },
    get samplerPid() {
      return sampler?.pid;
    },
    get interrupted() {
      return losses > 0;
    },
    watch(pid) {
      blocks = [];
      watchedPid = pid;
      losses = 0;
      sampler ??= start();
      send(sampler, { kind: "watch", pid });
    },
    async unwatch() {
      const running = sampler;
      if (running !== undefined) {
        await new Promise<void>((resolve) => {
          ended = resolve;
          send(running, { kind: "unwatch" });
        });
        ended = undefined;
      }
      const samples = blocks.flatMap((block) => samplesOf(block, features.length));
      blocks = [];
      watchedPid = undefined;
      return samples;
    },
    async close() {
      watchedPid = undefined;
      const running = sampler;
      if (running === undefined) return;
      const gone = new Promise((resolve) => running.once("exit", resolve));
      running.disconnect();
      await gone;
    },
  };
}

function send(child: ChildProcess, request: SamplerRequest): void {
  if (child.connected) child.send(request, () => undefined);
}

/** Waits until a sampler is ready; why it never will be. */
function readyOrGone(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.once("message", () => resolve(undefined));
    child.once("exit", (code, signal) => resolve(`hardware sampler ended with ${signal ?? code} on its start`));
    child.once("error", (error) => resolve(`hardware sampler: ${reasonOf(error)}`));
  });
}

function samplesOf({ timesMs, values }: { timesMs: Float64Array; values: Float64Array }, width: number) {
  return Array.from(timesMs, (monotonicMs, index): HardwareSample => {
    const row = values.subarray(index * width, (index + 1) * width);
    return { monotonicMs, values: Array.from(row, (value) => (Number.isNaN(value) ? undefined : value)) };
  });
}

function hasValue(
  { timesMs, values }: { timesMs: Float64Array; values: Float64Array },
  feature: number,
  width: number,
) {
  for (let sample = 0; sample < timesMs.length; sample++)
    if (!Number.isNaN(values[sample * width + feature])) return true;
  return false;
}

function merge(known: readonly UnavailableFeature[], found: readonly UnavailableFeature[]): UnavailableFeature[] {
  const byName = new Map([...known, ...found].map((feature) => [feature.name, feature]));
  return [...byName.values()];
}
