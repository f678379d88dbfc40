import type { ProcessOutcome } from "../../src/decide/process-outcome.js";

/** How long a process measures: as a sweep of a design does, or as one that decides. */
export type Length = "full" | "short";

/** A device whose truth is known and whose processes can be had again and again. */
export interface ReplayedDevice {
  readonly name: string;
  /** The mini-batch sizes of its full grid at the asked input size, smallest first. */
  readonly miniBatchSizes: readonly number[];
  /** Processes of a cell in a full grid. */
  readonly trials: number;
  /** What a full grid over all input sizes takes. */
  readonly gridMs: number;
  /** Of that the part at the asked input size. */
  readonly ownSizeMs: number;
  /** Every mini-batch size that may be chosen, with what is true of it; those that run out of memory left out. */
  readonly truths: readonly CellTruth[];
  /** A fresh machine: the sequence of its processes depends on the stream alone. */
  start(stream: string, length: Length): Machine;
  /** A fresh machine that executes a plan: how long each process takes for its first mini-batch and those after it. */
  execute(stream: string): (miniBatchSize: number, furtherMiniBatches: number) => number;
}

/** What is true of a mini-batch size. */
export interface CellTruth {
  readonly miniBatchSize: number;
  /** Of a typical process. */
  readonly typical: { readonly latencyMs: number; readonly firstMs: number };
  /** Images of whole mini-batches that one device classifies in a time, as the mean over processes. */
  capacityIn(timeMs: number): number;
}

/** Runs one process after the other. */
export interface Machine {
  run(miniBatchSize: number): ProcessOutcome;
}
