import type { SeededRandom } from "../../src/core/seeded-random.js";
import type { TrialRow } from "../../src/dataset/tables.js";

/** How processes scatter around a cell's latency. */
export interface World {
  readonly name: string;
  /** The standard deviation of a process's ln latency. */
  noise(inputSizePx: number, miniBatchSize: number): number;
  /** A draw of variance 1. */
  draw(random: SeededRandom): number;
}

const SIZES_PX = [64, 128, 224, 320];
const MINI_BATCHES = [1, 2, 4, 8, 16];
const normal = (random: SeededRandom) => random.normal();

export const WORLDS: readonly World[] = [
  { name: "sd 10 %", noise: () => 0.1, draw: normal },
  { name: "sd 15 % × b^-0.3", noise: (_, miniBatchSize) => 0.15 * miniBatchSize ** -0.3, draw: normal },
  { name: "sd 10 % × (s/224)^-0.5", noise: (inputSizePx) => 0.1 * (inputSizePx / 224) ** -0.5, draw: normal },
  { name: "t with 3 degrees, sd 10 %", noise: () => 0.1, draw: (random) => studentOfThree(random) / Math.sqrt(3) },
  {
    name: "one in ten with three times the sd",
    noise: () => 0.1,
    draw: (random) => (random.uniform() < 0.1 ? 3 : 1) * (random.normal() / Math.sqrt(1.8)),
  },
];

/** One side of a comparison in a world: the quick design's cells with a latency that grows with their pixels. */
export function simulatedSide(world: World, trials: number, random: SeededRandom, factor = 1): TrialRow[] {
  return SIZES_PX.flatMap((inputSizePx) =>
    MINI_BATCHES.flatMap((miniBatchSize) =>
      Array.from({ length: trials }, (_, index) => {
        const noise = world.noise(inputSizePx, miniBatchSize) * world.draw(random);
        const latencyMs = factor * (2 + 1e-4 * miniBatchSize * inputSizePx ** 2) * Math.exp(noise);
        return simulatedTrial(inputSizePx, miniBatchSize, index + 1, latencyMs);
      }),
    ),
  );
}

/**
 * Both sides measured in turns beside a neighbour who comes and goes: what he costs is a walk through the trials that
 * both of a pair meet alike (correlation 0.9 from pair to pair), beside their own noise.
 *
 * @param spells the standard deviation of what he costs
 */
export function simulatedPairs(world: World, trials: number, random: SeededRandom, spells: number, factor = 1) {
  const [a, b] = [simulatedSide(world, trials, random), simulatedSide(world, trials, random, factor)];
  let walk = random.normal();
  const spellOf = new Map(
    random.shuffle(a).map(({ trialId }) => {
      walk = 0.9 * walk + Math.sqrt(1 - 0.9 ** 2) * random.normal();
      return [trialId, Math.exp(spells * walk)];
    }),
  );
  const slowed = (trial: TrialRow) => ({
    ...trial,
    steadyMedianMs: (trial.steadyMedianMs ?? 0) * (spellOf.get(trial.trialId) ?? 1),
  });
  const [sideA, sideB] = [a.map(slowed), b.map(slowed)];
  return { a: sideA, b: sideB, pairs: sideA.map((trial, index) => ({ a: trial, b: sideB[index] ?? trial })) };
}

function studentOfThree(random: SeededRandom): number {
  const squares = [random.normal(), random.normal(), random.normal()].reduce((sum, value) => sum + value ** 2, 0);
  return random.normal() / Math.sqrt(squares / 3);
}

function simulatedTrial(inputSizePx: number, miniBatchSize: number, trial: number, steadyMedianMs: number): TrialRow {
  const none = undefined;
  return {
    ...{ trialId: `${inputSizePx}-${miniBatchSize}-${trial}`, runId: "run", host: "host", model: "model" },
    ...{
      provider: "cpu",
      threads: 1,
      concurrent: 1,
      inputSizePx,
      miniBatchSize,
      trial,
      startedAt: "2026-01-01T00:00:00Z",
    },
    ...{ loadMs: none, firstInferenceMs: none, steadyMedianMs, steadyMadMs: none, inferences: none, stoppedBy: none },
    ...{ relativeHalfWidth: none, peakMemoryMib: none, idleMemoryMib: none, devicePeakMemoryMib: none },
    ...{ status: "ok", detail: none, cautions: none },
  };
}
