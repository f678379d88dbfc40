import { seededRandom } from "../../src/core/seeded-random.js";
import type { TrialRow } from "../../src/dataset/tables.js";
import { WORK } from "../../src/fit/form.js";
import type { Observation } from "../../src/fit/observed/observation.js";

export const DEVICE = { provider: "cpu", threads: 1, concurrent: 1 } as const;
export const SIZES_PX = [64, 128, 224];
export const MINI_BATCHES = [1, 2, 4, 8];

/** A function of a cell. */
export type Formula = (inputSizePx: number, miniBatchSize: number) => number;

export const LAWS = {
  latencyMs: (size: number, batch: number) => 2 + 100 * WORK.of(size, batch),
  warmupMs: (size: number, batch: number) => 30 + 150 * WORK.of(size, batch),
  peakMemoryMib: (size: number, batch: number) => 150 + 500 * WORK.of(size, batch),
} as const satisfies Record<string, Formula>;

/** Values of a law at every cell, `trials` times each, with relative noise of a normal distribution. */
export function observeLaw(
  law: Formula,
  { trials = 1, noise = 0, seed = 1, sizes = SIZES_PX, batches = MINI_BATCHES } = {},
): Observation[] {
  const random = seededRandom(seed, "simulated device");
  return sizes.flatMap((inputSizePx) =>
    batches.flatMap((miniBatchSize) =>
      Array.from({ length: trials }, () => ({
        inputSizePx,
        miniBatchSize,
        value: law(inputSizePx, miniBatchSize) * (1 + noise * random.normal()),
      })),
    ),
  );
}

/** A trial of the simulated device at one cell; one that exceeds the memory limit is `out_of_memory`. */
export function simulatedTrial(inputSizePx: number, miniBatchSize: number, limitMib: number, trial = 1): TrialRow {
  const memory = LAWS.peakMemoryMib(inputSizePx, miniBatchSize);
  const ok = memory <= limitMib;
  const when = <Value>(value: Value) => (ok ? value : undefined);
  return {
    trialId: `${inputSizePx}-${miniBatchSize}-${trial}`,
    runId: "run",
    host: "host",
    model: "model",
    ...DEVICE,
    inputSizePx,
    miniBatchSize,
    trial,
    startedAt: "2026-01-01T00:00:00Z",
    loadMs: 100 + trial,
    firstInferenceMs: when(LAWS.warmupMs(inputSizePx, miniBatchSize)),
    steadyMedianMs: when(LAWS.latencyMs(inputSizePx, miniBatchSize)),
    steadyMadMs: when(0),
    inferences: when(11),
    stoppedBy: when("interval"),
    relativeHalfWidth: when(0),
    peakMemoryMib: memory,
    idleMemoryMib: 70,
    devicePeakMemoryMib: undefined,
    status: ok ? "ok" : "out_of_memory",
    detail: undefined,
    cautions: undefined,
  };
}

/** Every cell of the simulated device. */
export function simulatedTrials(limitMib: number): TrialRow[] {
  return SIZES_PX.flatMap((size) => MINI_BATCHES.map((batch) => simulatedTrial(size, batch, limitMib)));
}

/** Trials of a device of one input size whose latencies are given, three a cell that differ by ±0.5 % unless told. */
export function tableTrials(
  latencyMs: Readonly<Record<number, number>>,
  { inputSizePx = 224, warmupOverLatency = 1, scatter = [0.995, 1, 1.005] } = {},
): TrialRow[] {
  return Object.entries(latencyMs).flatMap(([miniBatchSize, ms]) =>
    scatter.map((scale, index) => ({
      ...simulatedTrial(inputSizePx, Number(miniBatchSize), Infinity, index + 1),
      steadyMedianMs: ms * scale,
      firstInferenceMs: ms * scale * warmupOverLatency,
    })),
  );
}
