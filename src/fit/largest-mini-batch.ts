import type { FittedFunction } from "./fitted-function.js";

/** The largest mini-batch that fits a memory at one input size, and what the dataset saw of it. */
export interface LargestMiniBatch {
  readonly inputSizePx: number;
  /** By the memory function; 0 if not even one image fits. */
  readonly byFunction: number;
  /** The 95 % interval: a new trial of `low` images fits almost surely, one of more than `high` almost never. */
  readonly low: number;
  readonly high: number;
  /** The largest mini-batch of a trial that stayed within the memory, and the smallest of one that exceeded it. */
  readonly largestOk: number | undefined;
  readonly smallestExceeding: number | undefined;
  /** Whether the interval lies where the dataset allows it; `unbounded` where no trial exceeded the memory. */
  readonly check: "agrees" | "contradicted" | "unbounded";
}

/** No larger mini-batch is looked at. */
const MOST = 65_536;

/**
 * The largest mini-batch that fits a memory: the memory function solved for the mini-batch size.
 *
 * @returns 0 if not even one image fits
 */
export function largestMiniBatch(memory: FittedFunction, inputSizePx: number, memoryMib: number): number {
  return largestBelow((miniBatchSize) => memory.extrapolate(inputSizePx, miniBatchSize), memoryMib);
}

/** The same with its uncertainty, held against trials of that input size whose peak memory is known. */
export function checkedLargestMiniBatch(
  memory: FittedFunction,
  inputSizePx: number,
  memoryMib: number,
  largestOk: number | undefined,
  smallestExceeding: number | undefined,
): LargestMiniBatch {
  const bound = (p: number) =>
    largestBelow((miniBatchSize) => memory.quantile(inputSizePx, miniBatchSize, p), memoryMib);
  const [low, high] = [bound(0.975), bound(0.025)];
  const contradicted = (largestOk ?? 0) > high || (smallestExceeding ?? Infinity) <= low;
  return {
    inputSizePx,
    byFunction: largestMiniBatch(memory, inputSizePx, memoryMib),
    low,
    high,
    largestOk,
    smallestExceeding,
    check: contradicted ? "contradicted" : smallestExceeding === undefined ? "unbounded" : "agrees",
  };
}

/** The largest mini-batch whose memory, a function that grows with it, is within a limit; 0 if that of one is not known to be. */
export function largestBelow(memoryMibOf: (miniBatchSize: number) => number | undefined, limitMib: number): number {
  const holds = (miniBatchSize: number) => (memoryMibOf(miniBatchSize) ?? Number.POSITIVE_INFINITY) <= limitMib;
  if (!holds(1)) return 0;
  let low = 1;
  let high = 2;
  while (high < MOST && holds(high)) [low, high] = [high, 2 * high];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}
