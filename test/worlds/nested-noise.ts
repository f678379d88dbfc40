import { type SeededRandom, seededRandom } from "../../src/core/seeded-random.js";
import type { TrialRow } from "../../src/dataset/tables.js";
import type { InferenceTime } from "../../src/fit/trial-times.js";
import { simulatedTrial } from "../fit/simulated-device.js";

/** How often a few cells are measured, and how much each level adds: standard deviations of logarithms. */
export interface NestedWorld {
  readonly hosts: number;
  /** Of each host. */
  readonly sessions: number;
  /** Of each cell in each session; every fourth cell has one less. */
  readonly processes: number;
  readonly cells: number;
  readonly inferences: number;
  readonly deviation: {
    readonly host: number;
    readonly session: number;
    readonly process: number;
    readonly inference: number;
  };
  /** Lag-1 autocorrelation of the inferences. */
  readonly correlation: number;
  /** `heavy`: the effects of processes and inferences have Student's t of three degrees, with the same deviation. */
  readonly tails: "normal" | "heavy";
}

/**
 * Of Student's t with three degrees and deviation 1: what normal values have of which half are as near their median.
 */
const MIDDLE_OF_HEAVY = (0.764892 / Math.sqrt(3)) * 1.482602;

/** The standard deviation of a world's inferences as the median sees it: by the half of them that is nearest to it. */
export function middleDeviation({ tails, deviation }: NestedWorld): number {
  return deviation.inference * (tails === "heavy" ? MIDDLE_OF_HEAVY : 1);
}

/** What a simulated sweep gave. */
export interface NestedTrials {
  readonly trials: readonly TrialRow[];
  readonly inferences: readonly InferenceTime[];
}

const MINI_BATCHES = 8;
const LOAD_MS = 300;

/**
 * Trials of a world: ln latency = law + host + session + process + inference, host and session alike for all cells. The
 * warm-up is 5 times the latency with the same effects and a process effect of its own.
 */
export function nestedTrials(world: NestedWorld, seed: number): NestedTrials {
  const random = seededRandom(seed, `nested noise ${seed}`);
  const { deviation } = world;
  const trials: TrialRow[] = [];
  const inferences: InferenceTime[] = [];
  for (let host = 1; host <= world.hosts; host++) {
    const ofHost = deviation.host * random.normal();
    for (let session = 1; session <= world.sessions; session++) {
      const level = ofHost + deviation.session * random.normal();
      for (let cell = 0; cell < world.cells; cell++) {
        for (let process = 1; process <= world.processes - Number(cell % 4 === 3); process++) {
          const [ofSteady, ofFirst] = [drawn(world, random), drawn(world, random)].map(
            (z) => level + deviation.process * z,
          );
          const [size, batch] = [32 * (1 + Math.floor(cell / MINI_BATCHES)), 2 ** (cell % MINI_BATCHES)];
          const lawMs = 2 + batch * (size / 100) ** 2;
          const trialId = `${host}-${session}-${size}-${batch}-${process}`;
          const steadyMs = steady(world, random).map((log) => lawMs * Math.exp((ofSteady ?? 0) + log));
          trials.push({
            ...simulatedTrial(size, batch, Number.POSITIVE_INFINITY, process),
            ...{ trialId, host: `host ${host}`, runId: `run ${host} ${session}`, loadMs: LOAD_MS },
            steadyMedianMs: middleOf(steadyMs),
            firstInferenceMs: 5 * lawMs * Math.exp(ofFirst ?? 0),
            inferences: 1 + steadyMs.length,
          });
          inferences.push(
            ...[5 * lawMs, ...steadyMs].map((latencyMs, iteration) => ({ trialId, iteration, latencyMs })),
          );
        }
      }
    }
  }
  return { trials, inferences };
}

/** Logarithms of steady inferences over those of their process, each resembling the one before. */
function steady(world: NestedWorld, random: SeededRandom): number[] {
  const { correlation } = world;
  let value = random.normal();
  return Array.from({ length: world.inferences }, () => {
    value = correlation * value + Math.sqrt(1 - correlation ** 2) * random.normal();
    return world.deviation.inference * (world.tails === "heavy" ? value / heaviness(random) : value);
  });
}

/** An effect of a process with deviation 1. */
function drawn({ tails }: NestedWorld, random: SeededRandom): number {
  return tails === "heavy" ? random.normal() / heaviness(random) : random.normal();
}

/** What makes a normal value one of Student's t with three degrees and deviation 1: the variance of t₃ is 3. */
function heaviness(random: SeededRandom): number {
  const chiSquare = random.normal() ** 2 + random.normal() ** 2 + random.normal() ** 2;
  return Math.sqrt(chiSquare / 3) * Math.sqrt(3);
}

function middleOf(values: readonly number[]): number {
  const ordered = [...values].sort((a, b) => a - b);
  const half = ordered.length / 2;
  return ((ordered[Math.ceil(half) - 1] ?? 0) + (ordered[Math.floor(half)] ?? 0)) / 2;
}
