// Compares the latency that a trial reports with a bare loop over the same model and tensor in a process of its own,
// interleaved. Run: npm run bench:harness [-- --json]
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { median, sorted } from "../src/core/statistics.js";
import { stoppingSchema } from "../src/design/design.js";
import { startHardwareMonitor } from "../src/hardware/sampling/monitor.js";
import { describeModel } from "../src/measure/describe-model.js";
import { writeDummyImages } from "../src/measure/images.js";
import { ensureModelFile } from "../src/measure/model-file.js";
import { observeTrial } from "../src/measure/observe-trial.js";
import { benchOptions } from "./bench-options.js";

const CELLS = [
  { inputSizePx: 64, miniBatchSize: 4 },
  { inputSizePx: 224, miniBatchSize: 1 },
  { inputSizePx: 224, miniBatchSize: 8 },
];
const ROUNDS = 7;
const INFERENCES = 100;
const THREADS = cpus().length;

/** A loop with nothing of Batchwise in it: what a user would write to time a model. */
const BARE_LOOP = `
import ort from "onnxruntime-node";
const [, path, size, batch, count, threads] = process.argv.map((text, index) => (index > 1 ? Number(text) : text));
const session = await ort.InferenceSession.create(path, { intraOpNumThreads: threads, interOpNumThreads: 1 });
const data = Float32Array.from({ length: batch * 3 * size * size }, (_, index) => ((index * 37) % 255) / 64 - 2);
const images = new ort.Tensor("float32", data, [batch, 3, size, size]);
const latencies = [];
for (let index = 0; index <= count; index++) {
  const started = process.hrtime.bigint();
  await session.run({ images });
  latencies.push(Number(process.hrtime.bigint() - started) / 1e6);
}
console.log(JSON.stringify(latencies.slice(1)));
`;

const { json } = benchOptions<{ readonly json?: boolean }>(
  new Command("bench:harness")
    .description("compare the latency that a trial reports with a bare loop over the same model and tensor")
    .option("--json", "print one JSON object"),
);
const modelPath = ensureModelFile("efficientnet-b0");
const { input } = await describeModel(modelPath);
const scratch = mkdtempSync(join(tmpdir(), "batchwise-bench-"));
const monitor = await startHardwareMonitor({ intervalMs: 100 });
const stopping = stoppingSchema.parse({
  max_inferences: INFERENCES,
  relative_half_width: 1e-9,
  max_steady_ms: 1e9,
});
const rows = [];
for (const cell of CELLS) {
  const imagePaths = await writeDummyImages(scratch, cell.inputSizePx, 1);
  const trial: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const both = [
      async () => trial.push(await trialMedianMs(cell, imagePaths)),
      async () => bare.push(bareMedianMs(cell)),
    ];
    for (const measure of round % 2 === 0 ? both : both.reverse()) await measure();
  }
  const ratios = sorted(trial.map((value, round) => value / (bare[round] ?? Number.NaN)));
  rows.push({
    input_size_px: cell.inputSizePx,
    mini_batch_size: cell.miniBatchSize,
    trial_ms: median(sorted(trial)),
    bare_ms: median(sorted(bare)),
    ratio_of_medians: median(sorted(trial)) / median(sorted(bare)),
    lowest_ratio: ratios[0],
    highest_ratio: ratios.at(-1),
  });
}
await monitor.close();
rmSync(scratch, { recursive: true });
if (json) console.log(JSON.stringify({ threads: THREADS, rounds: ROUNDS, rows }, null, 2));
else console.table(rows);

async function trialMedianMs(cell: (typeof CELLS)[number], imagePaths: string[]): Promise<number> {
  const spec = { modelPath, input, provider: "cpu" as const, threads: THREADS, ...cell, imagePaths, stopping };
  const { outcome } = await observeTrial(
    monitor,
    { ...spec, idleMs: 200, memoryLimitMib: 1e6 },
    { provider: "cpu", threads: THREADS, concurrent: 1 },
    { timeoutMs: 120_000 },
  );
  return median(sorted(outcome.inferences.slice(1).map(({ latencyMs }) => latencyMs)));
}

function bareMedianMs({ inputSizePx, miniBatchSize }: (typeof CELLS)[number]): number {
  const numbers = [inputSizePx, miniBatchSize, INFERENCES, THREADS].map(String);
  const args = ["--input-type=module", "--eval", BARE_LOOP, "--", modelPath, ...numbers];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`bare loop: ${stderr}`);
  return median(sorted(JSON.parse(stdout) as number[]));
}
