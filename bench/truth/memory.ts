import { median, sorted } from "../../src/core/statistics.js";
import { type LargestMiniBatch, largestMiniBatch, largestMiniBatches } from "../../src/fit/largest-mini-batch.js";
import {
  MEMORY_WORLDS,
  type MemoryWorld,
  measureMemory,
  type SimulatedMemory,
} from "../../test/worlds/memory-worlds.js";

/** How the largest mini-batches of many simulated datasets compare with the true ones. Shares are of promises. */
export interface MemoryOutcome {
  readonly promises: number;
  /** Share that is above what truly fits. */
  readonly unsafe: number;
  /** Share of those with a bracket that are off by more than one measured step. */
  readonly off: number;
  readonly bracketed: number;
  /** Median over promises with a bracket, or over all where none has one, as a ratio of what truly fits. */
  readonly overTruth: number;
  /** Of all promises, how many rest on the law. */
  readonly byLaw: number;
}

/** What a dataset is asked. `unmeasured`: input sizes between the measured ones and beyond them. */
export type MemoryQuestion = "measured" | "bisected" | "other budget" | "unmeasured";

const UNMEASURED_PX = [96, 176, 272, 384, 512];

/** Asks `worlds` datasets of a kind for their largest mini-batches. */
export function largestIn(
  world: MemoryWorld,
  noise: number,
  question: MemoryQuestion,
  worlds: number,
  seed = 1,
): MemoryOutcome {
  const asked = Array.from({ length: worlds }, (_, index) => {
    const simulated = measureMemory(world, noise, question !== "measured", 1e4 * seed + index);
    const memoryMib = question === "other budget" ? 0.6 * simulated.limitMib : simulated.limitMib;
    const largest =
      question === "unmeasured"
        ? UNMEASURED_PX.map((size) => largestMiniBatch(simulated.measured, size, memoryMib))
        : largestMiniBatches(simulated.measured, memoryMib);
    return largest.map((promised) => ({
      promised,
      truth: simulated.truth(promised.inputSizePx, memoryMib),
      simulated,
    }));
  }).flat();
  const bracketed = asked.filter(({ promised }) => promised.restsOn !== "at least");
  const share = (of: readonly unknown[], all: readonly unknown[]) => of.length / Math.max(1, all.length);
  const unsafe = asked.filter(({ promised, truth }) => promised.miniBatchSize > truth);
  const off = bracketed.filter(({ promised, truth, simulated }) => steps(promised, truth, simulated) > 1);
  const byLaw = asked.filter(({ promised }) => promised.restsOn === "law");
  return {
    promises: asked.length,
    unsafe: share(unsafe, asked),
    off: share(off, bracketed),
    bracketed: bracketed.length,
    overTruth: middle(
      (bracketed.length > 0 ? bracketed : asked)
        .filter(({ truth }) => truth > 0)
        .map(({ promised, truth }) => promised.miniBatchSize / truth),
    ),
    byLaw: share(byLaw, asked),
  };
}

/** How many measured mini-batch sizes lie between what is promised and what truly fits. */
function steps({ inputSizePx, miniBatchSize }: LargestMiniBatch, truth: number, { tried }: SimulatedMemory): number {
  const [low, high] = [Math.min(miniBatchSize, truth), Math.max(miniBatchSize, truth)];
  return tried(inputSizePx).filter((size) => size > low && size <= high).length;
}

function middle(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : median(sorted(values));
}

const QUESTIONS = ["measured", "bisected", "other budget", "unmeasured"] as const;

/** A table in Markdown, a world and a question a line. */
export function* memoryTable(worlds: number, seed: number): Generator<string> {
  yield "| memory | noise | asked | too large | off by more than a step | with a bracket | of what fits | by the law |";
  yield "|---|---|---|---|---|---|---|---|";
  for (const world of Object.keys(MEMORY_WORLDS) as MemoryWorld[]) {
    for (const noise of [0.01, 0.02]) {
      for (const question of QUESTIONS) {
        const outcome = largestIn(world, noise, question, worlds, seed);
        const percent = (ratio: number) => `${(100 * ratio).toFixed(1)} %`;
        const cells = [
          world,
          `${100 * noise} %`,
          question,
          percent(outcome.unsafe),
          percent(outcome.off),
          percent(outcome.bracketed / outcome.promises),
          percent(outcome.overTruth),
          percent(outcome.byLaw),
        ];
        yield `| ${cells.join(" | ")} |`;
      }
    }
  }
}
