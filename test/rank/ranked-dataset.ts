import type { HardwareRow } from "../../src/dataset/hardware-table.js";
import type { TrialRow } from "../../src/dataset/tables.js";
import type { Feature } from "../../src/hardware/reading/feature.js";
import { featureGroup, rateOf } from "../../src/hardware/reading/feature-group.js";
import { writeTrials } from "../dataset/write-trials.js";
import { simulatedTrial } from "../fit/simulated-device.js";

const planted = featureGroup("planted", "machine", "test");
const process = featureGroup("own", "process", "test");
const DRIVER = planted.gauge("driver_kib", "KiB", "", "What the warm-up time follows.");
const EVENTS = planted.counter("events", "1", "", "A counter of the machine.");
const EVENT_RATE = rateOf(EVENTS);
const TICKS = featureGroup("cpu", "machine", "test").counter("softirq_timer", "1", "", "Ticks of the timer.");
const BUSY = process.counter("busy_ms", "ms", "", "A counter of time.");
const CALLS = process.counter("calls", "1", "", "A counter of the process.");
const INTERVAL = featureGroup("monitor", "runtime", "test").gauge("interval_ms", "ms", "", "Of the monitor.");
const NEVER = planted.gauge("never", "1", "", "Never there.");
const STILL = planted.gauge("still", "1", "", "Always the same.");
export const FEATURES: readonly Feature[] = [DRIVER, EVENTS, EVENT_RATE, TICKS, BUSY, CALLS, INTERVAL, NEVER, STILL];

/** 24 trials of eight cells; in the order of this list each driver is in one trial. */
const DRIVERS = [11, 4, 19, 7, 22, 1, 14, 9, 24, 3, 17, 6, 12, 20, 2, 15, 8, 23, 5, 18, 10, 21, 13, 16];

/** Warm-up time in ms: by hand, a hundred times the driver, and a little more the larger the mini-batch. */
export function plantedWarmupMs(driver: number, miniBatchSize: number): number {
  return 50 + 100 * driver + miniBatchSize;
}

export function rankedTrials(): TrialRow[] {
  const cells = [32, 64, 96, 128].flatMap((inputSizePx) =>
    [1, 2].flatMap((miniBatchSize) => [1, 2, 3].map((trial) => ({ inputSizePx, miniBatchSize, trial }))),
  );
  return cells.map(({ inputSizePx, miniBatchSize, trial }, index) => ({
    ...simulatedTrial(inputSizePx, miniBatchSize, Infinity, trial),
    loadMs: 200 + ((index * 7) % 24),
    firstInferenceMs: plantedWarmupMs(DRIVERS[index] ?? 0, miniBatchSize),
  }));
}

function hardwareOf({ trialId }: TrialRow): HardwareRow[] {
  const index = rankedTrials().findIndex((trial) => trialId.endsWith(trial.trialId));
  const other = (factor: number) => (index * factor) % 24;
  const sample = (phase: HardwareRow["phase"], elapsedMs: number, after: number): HardwareRow => ({
    trialId,
    instrument: phase === "first" ? "probe" : "sampler",
    phase,
    elapsedMs,
    // The driver is known before the first inference and changes by chance later.
    [DRIVER.name]: after === 0 ? DRIVERS[index] : other(11 + after),
    [EVENTS.name]: 1000 + other(5) + after * other(13),
    [EVENT_RATE.name]: other(17) + after,
    [TICKS.name]: after * (DRIVERS[index] ?? 0),
    [BUSY.name]: other(19) + after * (DRIVERS[index] ?? 0),
    [CALLS.name]: other(23) + after,
    [INTERVAL.name]: DRIVERS[index],
    [STILL.name]: 7,
  });
  return [sample("idle", 0, 0), sample("first", 100, 1), sample("steady", 200, 2)];
}

/** A dataset whose warm-up time follows one feature that is known before the first inference. */
export async function writeRankedDataset(folder: string, trials = rankedTrials()): Promise<void> {
  const failed = { ...simulatedTrial(32, 1, Infinity, 9), status: "crashed" as const, firstInferenceMs: 1e6 };
  const threads = [...new Set(trials.map((trial) => trial.threads ?? 1))];
  await writeTrials(folder, {
    trials: [failed, ...trials],
    devices: threads.map((own) => ({ provider: "cpu", threads: own })),
    features: FEATURES,
    hardwareOf: (trial) => (trial.status === "ok" ? hardwareOf(trial) : []),
    inferencesOf: ({ firstInferenceMs = 0, steadyMedianMs = 0 }) =>
      [firstInferenceMs, steadyMedianMs].map((latencyMs, iteration) => ({ iteration, latencyMs })),
  });
}
