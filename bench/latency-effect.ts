import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { monotonicMs } from "../src/core/clock.js";
import type { SeededRandom } from "../src/core/seeded-random.js";
import { median, sorted } from "../src/core/statistics.js";
import type { HardwareMonitor } from "../src/hardware/sampling/monitor.js";
import { signedRankInterval } from "./signed-rank-interval.js";

/** One inference of the process whose latency is looked at. */
interface Inference {
  readonly startMs: number;
  readonly latencyMs: number;
}

/** A process that infers without a pause. */
export interface InferenceLoop {
  readonly pid: number;
  readonly inferences: readonly Inference[];
  close(): Promise<void>;
}

const LOOP = fileURLToPath(new URL("./inference-loop.js", import.meta.url));

/** Starts the loop and returns once it infers. */
export async function startInferenceLoop(
  modelPath: string,
  inputSizePx: number,
  miniBatchSize: number,
): Promise<InferenceLoop> {
  const child: ChildProcess = fork(LOOP, [modelPath, String(inputSizePx), String(miniBatchSize)], {
    serialization: "advanced",
    execArgv: [],
  });
  const inferences: Inference[] = [];
  child.on("message", ({ startsMs, latenciesMs }: { startsMs: Float64Array; latenciesMs: Float64Array }) => {
    for (const [index, startMs] of startsMs.entries()) {
      inferences.push({ startMs, latencyMs: latenciesMs[index] ?? Number.NaN });
    }
  });
  const gone = once(child, "exit");
  await Promise.race([once(child, "message"), gone]);
  if (child.pid === undefined || child.exitCode !== null) throw new Error("the process that infers did not start");
  return {
    pid: child.pid,
    inferences,
    async close() {
      child.disconnect();
      await gone;
    },
  };
}

/** What the monitor does to the median latency, as a ratio minus one: 0.001 is 0.1 % slower with it. */
export interface LatencyEffect {
  readonly low: number;
  readonly high: number;
  readonly estimate: number;
  readonly pairs: number;
  readonly inferences: number;
  readonly medianMs: number;
}

/**
 * Short, because what moves latencies on a shared machine lasts longer; two samples of the monitor fall into a block.
 */
const BLOCK_MS = 200;
/** After the switch of a block nothing counts for so long: the sampler opens its files then. */
const SETTLE_MS = 50;
/** So long after an inference the process has told of it. */
const TOLD_MS = 2000;
const LEVEL = 0.95;
/** So many pairs give an interval at all. */
const LEAST_PAIRS = 6;

/**
 * Switches the monitor on and off in adjacent blocks while one process infers on and on, in random order within each
 * pair, so that neither the machine's drift nor differences between processes enter. Each pair gives one ratio of
 * medians; the interval is that of the signed-rank test on their logarithms, at 95 %.
 */
export async function measureLatencyEffect(
  monitor: HardwareMonitor,
  loop: InferenceLoop,
  seconds: number,
  random: SeededRandom,
): Promise<LatencyEffect> {
  const pairs = Math.max(LEAST_PAIRS, Math.round((seconds * 1000) / (2 * (BLOCK_MS + SETTLE_MS))));
  const blocks: { startMs: number; endMs: number; watched: boolean }[][] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const firstWatched = random.uniform() < 0.5;
    blocks.push([await block(firstWatched), await block(!firstWatched)]);
  }
  await delay(TOLD_MS); // until the last inferences are told
  const ratios: number[] = [];
  for (const pair of blocks) {
    const [watched, alone] = [true, false].map((wanted) => {
      const found = pair.find(({ watched }) => watched === wanted);
      return found === undefined ? [] : latenciesWithin(loop.inferences, found.startMs, found.endMs);
    });
    if (!watched?.length || !alone?.length) continue;
    ratios.push(Math.log(median(sorted(watched)) / median(sorted(alone))));
  }
  const interval = signedRankInterval(ratios, LEVEL);
  if (interval === undefined) throw new Error(`latency effect: only ${ratios.length} pairs of blocks had inferences`);
  return {
    low: Math.expm1(interval.low),
    high: Math.expm1(interval.high),
    estimate: Math.expm1(interval.estimate),
    pairs: ratios.length,
    inferences: loop.inferences.length,
    medianMs: median(sorted(loop.inferences.map(({ latencyMs }) => latencyMs))),
  };

  async function block(watched: boolean) {
    if (watched) monitor.watch(loop.pid);
    await delay(SETTLE_MS);
    const startMs = monotonicMs();
    await delay(BLOCK_MS);
    const endMs = monotonicMs();
    if (watched) await monitor.unwatch();
    return { startMs, endMs, watched };
  }
}

function latenciesWithin(inferences: readonly Inference[], startMs: number, endMs: number): number[] {
  return inferences
    .filter((inference) => inference.startMs >= startMs && inference.startMs + inference.latencyMs <= endMs)
    .map(({ latencyMs }) => latencyMs);
}
