import type { SeededRandom } from "../../src/core/seeded-random.js";

/** A cell of a simulated design. */
export interface SimulatedCell {
  readonly inputSizePx: number;
  readonly miniBatchSize: number;
}

/** The cells of a design that gives the mini-batch sizes of each input size. */
export function simulatedCells(bySize: Readonly<Record<number, readonly number[]>>): SimulatedCell[] {
  return Object.entries(bySize).flatMap(([size, batches]) =>
    batches.map((miniBatchSize) => ({ inputSizePx: Number(size), miniBatchSize })),
  );
}

/**
 * Every cell once in a random order, then again in another, as a sweep does. An order is drawn when its round begins.
 */
export function* inRounds(
  cells: readonly SimulatedCell[],
  rounds: number,
  random: SeededRandom,
): Generator<SimulatedCell & { readonly round: number }> {
  for (let round = 1; round <= rounds; round++) {
    for (const cell of random.shuffle(cells)) yield { ...cell, round };
  }
}
