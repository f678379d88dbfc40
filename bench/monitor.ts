// What the hardware monitor costs: features and CPU time per sample, the share of a core, and its effect on latency,
// beside a Python monitor where one is given.
// Run: npm run bench:monitor [-- --json --peer FILE.py --seconds 120]
import { setTimeout as delay } from "node:timers/promises";
import { Command } from "commander";
import { printResult, table } from "../pipeline/terminal/terminal.js";
import { reasonOf } from "../src/core/reason-of.js";
import { seededRandom } from "../src/core/seeded-random.js";
import { UserError } from "../src/core/user-error.js";
import { startHardwareMonitor } from "../src/hardware/sampling/monitor.js";
import { ensureModelFile } from "../src/measure/model-file.js";
import { benchOptions, positive } from "./bench-options.js";
import { type InferenceLoop, measureLatencyEffect, startInferenceLoop } from "./latency-effect.js";
import { measureSampleCosts } from "./sample-cost.js";

const INPUT_SIZE_PX = 64;
const MINI_BATCH_SIZE = 4;
const SHARE_MS = 10_000;
const SEED = 1;

interface Options {
  readonly json?: boolean;
  readonly peer?: string;
  readonly seconds: number;
}

const { json, peer, seconds } = benchOptions<Options>(
  new Command("bench:monitor")
    .description(
      "measure what the hardware monitor costs: CPU time a sample, the share of a core, its effect on latency",
    )
    .option("--json", "print one JSON object")
    .option("--peer <file>", "a Python monitor to sample with, too")
    .option("--seconds <number>", "of the longest part", positive, 120),
);
try {
  const costs = measureSampleCosts(peer);
  const loop = await startInferenceLoop(ensureModelFile("efficientnet-b0"), INPUT_SIZE_PX, MINI_BATCH_SIZE);
  const share100 = await measureCoreShare(loop, 100);
  const share10 = await measureCoreShare(loop, 10);
  const monitor = await startHardwareMonitor({ intervalMs: 100 });
  const effect = await measureLatencyEffect(monitor, loop, seconds, seededRandom(SEED));
  await monitor.close();
  await loop.close();
  const result = {
    features: costs.own.features,
    sample_us: costs.own.sampleUs,
    ...(costs.peer && { peer_features: costs.peer.features, peer_sample_us: costs.peer.sampleUs }),
    core_share_100ms: share100,
    core_share_10ms: share10,
    latency_effect: {
      low: effect.low,
      high: effect.high,
      estimate: effect.estimate,
      pairs: effect.pairs,
      inferences: effect.inferences,
      median_ms: effect.medianMs,
    },
  };
  printResult(
    json,
    () => result,
    () => [table(["what", "value", "goal"], rowsOf(result))],
  );
} catch (error) {
  process.stderr.write(`bench:monitor: ${reasonOf(error)}\n`);
  process.exit(error instanceof UserError ? 2 : 1);
}

/** CPU time of the sampler over true time while it watches the process that infers. */
async function measureCoreShare({ pid }: InferenceLoop, intervalMs: number): Promise<number> {
  const monitor = await startHardwareMonitor({ intervalMs });
  monitor.watch(pid);
  await delay(SHARE_MS);
  const samples = await monitor.unwatch();
  const column = monitor.features.findIndex(({ name }) => name === "monitor/cpu_s");
  await monitor.close();
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) throw new Error("the sampler took no samples");
  const cpuS = (last.values[column] ?? Number.NaN) - (first.values[column] ?? Number.NaN);
  return (cpuS * 1000) / (last.monotonicMs - first.monotonicMs);
}

interface BenchResult {
  readonly features: number;
  readonly sample_us: number;
  readonly peer_features?: number;
  readonly peer_sample_us?: number;
  readonly core_share_100ms: number;
  readonly core_share_10ms: number;
  readonly latency_effect: { readonly low: number; readonly high: number; readonly pairs: number };
}

function rowsOf(result: BenchResult): string[][] {
  const { low, high, pairs } = result.latency_effect;
  const peer =
    result.peer_features === undefined || result.peer_sample_us === undefined
      ? []
      : [
          [
            "features per sample of the peer",
            String(result.peer_features),
            `a sixth: ${Math.floor(result.features / 6)}`,
          ],
          [
            "CPU time per sample of the peer (us)",
            result.peer_sample_us.toFixed(0),
            `twice: ${(2 * result.sample_us).toFixed(0)}`,
          ],
        ];
  return [
    ["features per sample", String(result.features), ""],
    ["CPU time per sample (us)", result.sample_us.toFixed(0), ""],
    ...peer,
    ["share of one core at 100 ms (%)", (100 * result.core_share_100ms).toFixed(2), "below 1"],
    ["share of one core at 10 ms (%)", (100 * result.core_share_10ms).toFixed(2), ""],
    [
      `effect on the median latency (%), ${pairs} pairs, 95 %`,
      `${(100 * low).toFixed(2)} to ${(100 * high).toFixed(2)}`,
      "within -0.50 to 0.50",
    ],
  ];
}
