import { type SeededRandom, seededRandom } from "../../src/core/seeded-random.js";
import { MOST_PROBES, nextProbe } from "../../src/design/bisection.js";
import { leavesMargin } from "../../src/design/memory-margin.js";
import { largestMiniBatch, type MeasuredMemory } from "../../src/fit/largest-mini-batch.js";
import type { Observation } from "../../src/fit/observed/observation.js";

/** How memory grows with the pixels of a mini-batch, above an offset, and those of an image: 1 of 224 px. */
export const MEMORY_WORLDS = {
  linear: (work: number) => work,
  offset: (work: number) => work,
  /** An arena that doubles whenever it is full. */
  "doubling arena": (work: number) => 2 ** Math.ceil(Math.log2(work)),
  "power 1.2": (work: number) => work ** 1.2,
  "power 1.5": (work: number) => work ** 1.5,
  "power 0.8": (work: number) => work ** 0.8,
  /** Memory is taken in pieces of a size. */
  steps: (work: number) => 5 * Math.ceil(work / 5),
  /** A mini-batch is padded to a power of two, which powers of two do not show. */
  padding: (work: number, area: number) => area * 2 ** Math.ceil(Math.log2(Math.round(work / area))),
} as const;
/** The name of a way in which memory grows. */
export type MemoryWorld = keyof typeof MEMORY_WORLDS;

const SIZES_PX = [64, 128, 224, 320, 448];
const MINI_BATCHES = [1, 2, 4, 8, 16, 32, 64];
const TRIALS = 3;

/** A dataset of a device whose memory is known. */
export interface SimulatedMemory {
  readonly measured: MeasuredMemory;
  readonly limitMib: number;
  /** The largest mini-batch whose memory, without noise, is within a budget. */
  truth(inputSizePx: number, memoryMib: number): number;
  /** The mini-batch sizes that were tried at an input size. */
  tried(inputSizePx: number): readonly number[];
}

/**
 * Measures a device of five input sizes × seven mini-batch sizes, three trials a cell, whose memory runs out somewhere.
 *
 * @param noise standard deviation of the peak from process to process, as a ratio
 * @param bisects whether the brackets are halved afterwards, by one trial each
 */
export function measureMemory(world: MemoryWorld, noise: number, bisects: boolean, seed: number): SimulatedMemory {
  const random = seededRandom(seed, `memory ${world}`);
  const offsetMib = world === "linear" ? 0 : 50 + 250 * random.uniform();
  const imageMib = 4 + 16 * random.uniform(); // of 224 px, where a mini-batch is one image
  const memoryMib = (size: number, batch: number) =>
    offsetMib + imageMib * MEMORY_WORLDS[world](batch * (size / 224) ** 2, (size / 224) ** 2);
  const [least, most] = [memoryMib(448, 3), memoryMib(64, 48)];
  const limitMib = Math.exp(Math.log(least) + random.uniform() * Math.log(Math.max(most, 20 * least) / least));
  const device = new MeasuredDevice((size, batch) => memoryMib(size, batch) * (1 + noise * random.normal()), limitMib);
  for (const size of SIZES_PX) for (const batch of shuffled(random)) device.measure(size, batch, TRIALS);
  if (bisects) for (const size of SIZES_PX) device.bisect(size);
  return {
    measured: device,
    limitMib,
    truth: (size, budgetMib) => largestBelow((batch) => memoryMib(size, batch), budgetMib),
    tried: (size) => [...(device.tried.get(size) ?? [])],
  };
}

function shuffled(random: SeededRandom): number[] {
  return random.shuffle(MINI_BATCHES);
}

class MeasuredDevice implements MeasuredMemory {
  readonly memory = { observations: [] as Observation[] };
  readonly measuredMiniBatches = new Map<number, number[]>();
  readonly outOfMemory = new Map<number, number>();
  readonly tried = new Map<number, Set<number>>();

  constructor(
    private readonly peakMib: (inputSizePx: number, miniBatchSize: number) => number,
    readonly memoryLimitMib: number,
  ) {}

  measure(inputSizePx: number, miniBatchSize: number, trials: number): void {
    if (miniBatchSize > (this.outOfMemory.get(inputSizePx) ?? Infinity)) return;
    this.tried.set(inputSizePx, (this.tried.get(inputSizePx) ?? new Set()).add(miniBatchSize));
    for (let trial = 0; trial < trials; trial++) {
      const value = this.peakMib(inputSizePx, miniBatchSize);
      if (value > this.memoryLimitMib) {
        this.outOfMemory.set(inputSizePx, Math.min(miniBatchSize, this.outOfMemory.get(inputSizePx) ?? Infinity));
      } else {
        this.memory.observations.push({ inputSizePx, miniBatchSize, value });
        const ran = this.measuredMiniBatches.get(inputSizePx) ?? [];
        this.measuredMiniBatches.set(inputSizePx, [...ran.filter((size) => size !== miniBatchSize), miniBatchSize]);
      }
    }
  }

  bisect(inputSizePx: number): void {
    for (let probe = 0; probe < MOST_PROBES; probe++) {
      const { largestOk, smallestExceeding } = largestMiniBatch(this, inputSizePx);
      if (largestOk === undefined || smallestExceeding === undefined || !this.outOfMemory.has(inputSizePx)) return;
      const isAtEdge = this.memory.observations.some(
        (seen) =>
          seen.inputSizePx === inputSizePx &&
          seen.miniBatchSize === largestOk &&
          !leavesMargin(seen.value, this.memoryLimitMib),
      );
      const middle = isAtEdge ? undefined : nextProbe(largestOk, smallestExceeding);
      if (middle === undefined) return;
      this.measure(inputSizePx, middle, 1);
    }
  }
}

function largestBelow(memoryMib: (miniBatchSize: number) => number, budgetMib: number): number {
  let [low, high] = [0, 1];
  while (high < 2 ** 20 && memoryMib(high) <= budgetMib) [low, high] = [high, 2 * high];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (memoryMib(middle) <= budgetMib) low = middle;
    else high = middle;
  }
  return low;
}
