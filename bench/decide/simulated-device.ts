import { type SeededRandom, seededRandom } from "../../src/core/seeded-random.js";
import type { ProcessOutcome } from "../../src/decide/process-outcome.js";
import { SHORT_PROCESS } from "../../src/decide/short-process.js";
import { LATENCY_WORLDS } from "../../test/worlds/latency-worlds.js";
import { machineSpeed } from "../../test/worlds/machine-speed.js";
import type { CellTruth, Length, ReplayedDevice } from "./device.js";
import { wholeCapacity } from "./whole-capacity.js";

const SIZES_PX = [64, 128, 224, 320, 448];
const MINI_BATCHES = [1, 2, 4, 8, 16, 32, 64];
const TRIALS = 5;
/** Starting, loading and idling, of short processes, too. */
const OVERHEAD_MS = 200;
const STEADY = {
  full: { inferences: 16, ms: 1000 },
  short: { inferences: SHORT_PROCESS.stopping.min_inferences, ms: SHORT_PROCESS.stopping.max_steady_ms },
};
/**
 * The first inference beside the latency, how it differs between processes, and how it goes with their latency, as in
 * `data/reference-cpu`.
 */
const FIRST = { constantMs: 30, factor: 2.5, noise: 0.15, correlation: 0.45 };
/** So many processes stand for all in what is true of a cell. */
const TRUE_PROCESSES = 200;
const PULSE = { ms: 3, noise: 0.03 };

/** A simulated device and the machine that it runs on. */
export interface SimulatedWorld {
  /** One of `LATENCY_WORLDS`. */
  readonly world: string;
  readonly inputSizePx: number;
  /** Standard deviation of ln latency between processes. */
  readonly noise: number;
  /** The same of the machine's speed, which changes slowly. */
  readonly spells: number;
  readonly withPulse: boolean;
  /** Whether memory ends somewhere between mini-batch sizes of 5 and 63. */
  readonly withEdge: boolean;
  readonly seed: number;
}

/** A device whose latency is a law of `bench:truth`. */
export function simulatedDevice(asked: SimulatedWorld): ReplayedDevice {
  const { world, inputSizePx, noise, spells, withPulse, withEdge, seed } = asked;
  const random = seededRandom(seed, `decide ${world}`);
  const law = LATENCY_WORLDS[world]?.(random, SIZES_PX) ?? (() => Number.NaN);
  const edge = withEdge ? random.integer(5, 63) : Number.POSITIVE_INFINITY;
  const firstMs = (size: number, batch: number) => FIRST.constantMs + FIRST.factor * law(size, batch);
  const durationOf = (latencyMs: number, ownFirstMs: number, length: Length) =>
    OVERHEAD_MS + ownFirstMs + Math.max(STEADY[length].inferences * latencyMs, STEADY[length].ms);
  const edgeAt = (size: number) => edge * (inputSizePx / size) ** 2;
  const gridMsAt = (size: number) =>
    MINI_BATCHES.filter((batch) => batch <= edgeAt(size)).reduce(
      (sum, batch) => sum + TRIALS * durationOf(law(size, batch), firstMs(size, batch), "full"),
      0,
    );
  /** The processes of a fresh machine, one after the other. */
  const processes = (stream: string) => {
    const own = seededRandom(seed, `decide machine ${stream}`);
    const speed = machineSpeed(own, spells);
    return (batch: number) => {
      const log = speed();
      const { latency, first } = processLogs(own, log, noise);
      return {
        latencyMs: law(inputSizePx, batch) * Math.exp(latency),
        firstMs: firstMs(inputSizePx, batch) * Math.exp(first),
        pulseMs: PULSE.ms * Math.exp(log + (PULSE.noise / Math.SQRT2) * own.normal()),
      };
    };
  };
  const usual = seededRandom(seed, "decide true processes");
  const logs = Array.from({ length: TRUE_PROCESSES }, () => processLogs(usual, spells * usual.normal(), noise));
  const truths: CellTruth[] = Array.from({ length: 64 }, (_, index) => index + 1)
    .filter((batch) => batch <= edge)
    .map((batch) => {
      const typical = { latencyMs: law(inputSizePx, batch), firstMs: firstMs(inputSizePx, batch) };
      const ofBatch = logs.map(({ latency, first }) => ({
        latencyMs: typical.latencyMs * Math.exp(latency),
        firstMs: typical.firstMs * Math.exp(first),
      }));
      return {
        ...{ miniBatchSize: batch, typical },
        capacityIn: (timeMs) =>
          ofBatch.reduce((sum, process) => sum + wholeCapacity(batch, process, timeMs), 0) / TRUE_PROCESSES,
      };
    });
  return {
    name: world,
    miniBatchSizes: MINI_BATCHES,
    trials: TRIALS,
    gridMs: SIZES_PX.reduce((sum, size) => sum + gridMsAt(size), 0),
    ownSizeMs: gridMsAt(inputSizePx),
    truths,
    start: (stream, length) => {
      const next = processes(stream);
      return {
        run(batch): ProcessOutcome {
          const { latencyMs, firstMs: ownFirstMs, pulseMs } = next(batch);
          if (batch > edge) {
            return { miniBatchSize: batch, status: "ran out of memory", durationMs: OVERHEAD_MS + ownFirstMs };
          }
          const durationMs = durationOf(latencyMs, ownFirstMs, length);
          const measured = { miniBatchSize: batch, durationMs, latencyMs, firstMs: ownFirstMs };
          return { ...measured, status: "ran", ...(withPulse && { pulseMs }) };
        },
      };
    },
    execute: (stream) => {
      const next = processes(stream);
      return (batch, further) => {
        const { latencyMs, firstMs: ownFirstMs } = next(batch);
        return batch > edge ? Number.POSITIVE_INFINITY : ownFirstMs + further * latencyMs;
      };
    },
  };
}

/** By how much a process's latency and first inference are longer than usual, as logarithms. */
function processLogs(random: SeededRandom, speed: number, noise: number): { latency: number; first: number } {
  const [shared, own] = [random.normal(), random.normal()];
  const ofFirst = FIRST.correlation * shared + Math.sqrt(1 - FIRST.correlation ** 2) * own;
  return { latency: speed + noise * shared, first: speed + FIRST.noise * ofFirst };
}
