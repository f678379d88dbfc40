// One step of the scale bench in a process of its own, whose peak memory it tells: node scale-steps.js STEP FOLDER
// TRIALS SHARDS.
import { join } from "node:path";
import { seededRandom } from "../src/core/seeded-random.js";
import { checkDataset } from "../src/dataset/check-dataset.js";
import { type Provenance, readDataPackage } from "../src/dataset/data-package.js";
import { DatasetWriter, type TrialRecord } from "../src/dataset/dataset-writer.js";
import { mergeDatasets } from "../src/dataset/merging/merge-datasets.js";
import type { PlannedTrial } from "../src/design/cells.js";
import { type Design, designSchema } from "../src/design/design.js";
import { type Shard, shardName } from "../src/design/shard.js";
import { shareOf } from "../src/design/share.js";
import { tellStep } from "./step-process.js";

const CELLS = 1000;
const SIZES = 20;
/** Shards that one machine measures. */
const SHARDS_PER_HOST = 20;

export type ScaleStep = keyof typeof STEPS;

const [, , step = "", folder = "", ...counts] = process.argv;
const [trials = 0, shards = 0] = counts.map(Number);
const design = designOf(trials);
/** The one that is killed half way and goes on. */
const killed: Shard = { index: Math.ceil(shards / 2), of: shards };

/** What is done in a folder of shards, and what came of it. */
const STEPS = {
  plan: async () => {
    let planned = 0;
    for (const shard of allShards()) planned += shareOf(design, shard).planned.length;
    return `${planned} trials, anchors among them`;
  },
  write: async () => {
    for (const shard of allShards()) {
      const isKilled = shard.index === killed.index;
      const { planned } = shareOf(design, shard);
      const writer = await DatasetWriter.open(folder, provenanceOf(shard));
      for (const trial of isKilled ? planned.slice(0, planned.length / 2) : planned)
        writer.append(recordOf(trial, shard));
      if (!isKilled) await writer.close("finished");
    }
    return `${shards} shards, one of them killed half way`;
  },
  resume: async () => {
    const { provenance } = readDataPackage(folder, killed);
    const writer = await DatasetWriter.open(folder, provenance);
    const known = new Set(writer.trials.map(({ trialId }) => trialId));
    for (const run of provenance.runs) run.finished = true;
    const left = shareOf(design, killed).planned.filter(({ trialId }) => !known.has(trialId));
    for (const trial of left) writer.append(recordOf(trial, killed));
    await writer.close("finished");
    return `${left.length} trials went on after ${known.size}`;
  },
  merge: async () => {
    const { trials: merged, missing, complete } = await mergeDatasets([folder], join(folder, "merged"));
    return `${merged} trials, ${missing} missing, ${complete ? "complete" : "not complete"}`;
  },
  check: async () => {
    const faults = await checkDataset(join(folder, "merged"));
    return faults.length === 0 ? "sound" : faults.map(({ table, fault }) => `${table}: ${fault}`).join("; ");
  },
} as const satisfies Record<string, () => Promise<string>>;

await tellStep(() => STEPS[step as ScaleStep]());

function allShards(): Shard[] {
  return Array.from({ length: shards }, (_, index) => ({ index: index + 1, of: shards }));
}

/** A design of 1,000 cells. */
function designOf(count: number): Design {
  return designSchema.parse({
    name: "scale",
    input_sizes_px: Array.from({ length: SIZES }, (_, index) => 32 * (index + 1)),
    mini_batch_sizes: Array.from({ length: CELLS / SIZES }, (_, index) => index + 1),
    trials: Math.max(1, Math.round(count / CELLS)),
    devices: [{ threads: 1 }],
  });
}

function hostOf({ index }: Shard): string {
  return `host-${Math.ceil(index / SHARDS_PER_HOST)}`;
}

function provenanceOf(shard: Shard): Provenance {
  const run = { run_id: `run-${shard.index}`, started_at: "2026-11-27T00:00:00Z", ended_at: "2026-11-27T01:00:00Z" };
  return {
    ...{ design, shard, machine: { cpuModel: "simulated" }, versions: {}, features: [], unavailable_features: [] },
    model: { name: "simulated", sha256: "0", bytes: 1, parameters: 1, sizes: [] },
    runs: [{ ...run, host: hostOf(shard), shard: shardName(shard), finished: true }],
  };
}

/** A trial of a device whose latency is in proportion to its work, with 3 % of noise. */
function recordOf({ trialId, trial, cell }: PlannedTrial, shard: Shard): TrialRecord {
  const { device, ...shape } = cell;
  const random = seededRandom(1, trialId);
  const latencyMs = (1 + 1e-4 * shape.miniBatchSize * shape.inputSizePx ** 2) * Math.exp(0.03 * random.normal());
  return {
    trial: {
      ...{ trialId, runId: `run-${shard.index}`, host: hostOf(shard), model: "simulated", ...device, ...shape, trial },
      ...{ startedAt: "2026-11-27T00:00:00Z", loadMs: 50, firstInferenceMs: 3 * latencyMs, steadyMedianMs: latencyMs },
      ...{ steadyMadMs: 0.1, inferences: 2, stoppedBy: "max_inferences" as const, relativeHalfWidth: 0.01 },
      ...{ peakMemoryMib: 200, idleMemoryMib: 50, devicePeakMemoryMib: undefined },
      ...{ status: "ok" as const, detail: undefined, cautions: undefined },
    },
    inferences: [
      { trialId, iteration: 0, startedMs: 0, latencyMs: 3 * latencyMs },
      { trialId, iteration: 1, startedMs: 3 * latencyMs, latencyMs },
    ],
    images: [],
    pulses: [],
    hardware: [{ trialId, instrument: "sampler", phase: "steady", elapsedMs: 0 }],
  };
}
