import { distinct } from "../core/distinct.js";
import { groupBy } from "../core/group-by.js";
import { runsWithin } from "../design/memory-margin.js";
import { memoryGrowth } from "./memory-growth.js";
import { memoryLaw } from "./memory-law.js";
import type { Observation } from "./observed/observation.js";

/** What a dataset knows of a device's memory, cell by cell. A `DeviceFit` is one. */
export interface MeasuredMemory {
  /** The peaks in MiB of the trials that ended well. */
  readonly memory: { readonly observations: readonly Observation[] };
  /** Every mini-batch size that ended well at an input size. */
  readonly measuredMiniBatches: ReadonlyMap<number, readonly number[]>;
  /** The smallest mini-batch size that ran out of memory at an input size. */
  readonly outOfMemory: ReadonlyMap<number, number>;
  /** The budget that the trials had, or undefined where it was the machine's memory. */
  readonly memoryLimitMib: number | undefined;
}

/** The largest mini-batch that is promised to fit a memory at one input size, and what the promise rests on. */
export interface LargestMiniBatch {
  readonly inputSizePx: number;
  /** 0 if not one image is known to fit. */
  readonly miniBatchSize: number;
  /**
   * `measured`: it ran, and a larger one did not. `law`: it is between those two, where the memory law puts it with its
   * margin. `at least`: nothing larger is known not to fit, or the input size was not measured; it may be far more.
   */
  readonly restsOn: "measured" | "law" | "at least";
  /** The largest mini-batch that ran within the memory; see `runsWithin`. */
  readonly largestOk: number | undefined;
  /** The smallest one that ran out of it, or that is above it or too close to tell. */
  readonly smallestExceeding: number | undefined;
}

/**
 * The largest mini-batch that fits a memory at one input size: never one that did not fit, nor larger, and never less
 * than what ran. Three trials that ran within their own budget count as running within as much or more; fewer, or
 * within less, if their peaks and 3 % are. At a size that was not measured it is what the next larger measured size can
 * do; beyond all of them, as many pixels as ran at the largest, fewer where memory was seen to grow faster than they.
 *
 * @param memoryMib default: the budget that the trials had
 * @example
 * largestMiniBatch(fit, 224, 1100).miniBatchSize; // 32 if 32 images ran within 1100 MiB and 33 did not
 */
export function largestMiniBatch(
  measured: MeasuredMemory,
  inputSizePx: number,
  memoryMib: number | undefined = measured.memoryLimitMib,
): LargestMiniBatch {
  const seen = seenAt(measured, inputSizePx, memoryMib);
  const { largestOk, smallestExceeding = Number.POSITIVE_INFINITY } = seen;
  const promise = (miniBatchSize: number, restsOn: LargestMiniBatch["restsOn"]) => ({
    inputSizePx,
    miniBatchSize,
    restsOn,
    ...seen,
  });
  if (smallestExceeding === 1) return promise(0, "measured");
  if (largestOk === undefined) {
    const most = Math.min(smallestExceeding - 1, fromOtherSizes(measured, inputSizePx, memoryMib));
    return promise(most, "at least");
  }
  if (smallestExceeding === Number.POSITIVE_INFINITY) return promise(largestOk, "at least");
  if (smallestExceeding === largestOk + 1 || memoryMib === undefined) return promise(largestOk, "measured");
  const law = memoryLaw(measured.memory.observations);
  // A law by which what did not fit would have fitted is wrong here.
  if (law === undefined || law.peakMib(inputSizePx, smallestExceeding) <= memoryMib) {
    return promise(largestOk, "measured");
  }
  const byLaw = Math.min(smallestExceeding - 1, Math.floor(law.miniBatchWithin(inputSizePx, memoryMib)));
  return byLaw > largestOk ? promise(byLaw, "law") : promise(largestOk, "measured");
}

/** The same at every measured input size, smallest first. */
export function largestMiniBatches(
  measured: MeasuredMemory,
  memoryMib: number | undefined = measured.memoryLimitMib,
): LargestMiniBatch[] {
  return sizesOf(measured).map((size) => largestMiniBatch(measured, size, memoryMib));
}

function sizesOf({ measuredMiniBatches, outOfMemory }: MeasuredMemory): number[] {
  return distinct([...measuredMiniBatches.keys(), ...outOfMemory.keys()]);
}

/** The bracket between what ran within a memory at an input size and what did not. */
function seenAt(
  { memory, measuredMiniBatches, outOfMemory, memoryLimitMib }: MeasuredMemory,
  inputSizePx: number,
  memoryMib: number | undefined,
): Pick<LargestMiniBatch, "largestOk" | "smallestExceeding"> {
  const atSize = memory.observations.filter((seen) => seen.inputSizePx === inputSizePx);
  const peaks = groupBy(atSize, ({ miniBatchSize }) => miniBatchSize);
  const hadNoMore = memoryMib === undefined || (memoryLimitMib !== undefined && memoryLimitMib <= memoryMib);
  const fits = (miniBatchSize: number) => {
    const values = (peaks.get(miniBatchSize) ?? []).map(({ value }) => value);
    return memoryMib === undefined || (values.length === 0 && hadNoMore) || runsWithin(values, memoryMib, hadNoMore);
  };
  const ran = measuredMiniBatches.get(inputSizePx) ?? [];
  // What ran out of less says nothing of more.
  const ranOut =
    memoryLimitMib !== undefined && (memoryMib ?? 0) > memoryLimitMib ? undefined : outOfMemory.get(inputSizePx);
  const exceeding = Math.min(ranOut ?? Infinity, ...ran.filter((size) => !fits(size)));
  const within = ran.filter((size) => size < exceeding);
  return {
    largestOk: within.length === 0 ? undefined : Math.max(...within),
    smallestExceeding: Number.isFinite(exceeding) ? exceeding : undefined,
  };
}

/** What other input sizes say: one that is larger takes no less memory. */
function fromOtherSizes(measured: MeasuredMemory, inputSizePx: number, memoryMib: number | undefined): number {
  const sizes = sizesOf(measured).map((size) => ({ size, ...seenAt(measured, size, memoryMib) }));
  const most = Math.min(
    ...sizes.flatMap(({ size, smallestExceeding = Infinity }) => (size < inputSizePx ? [smallestExceeding - 1] : [])),
  );
  const ran = sizes.filter(({ largestOk }) => largestOk !== undefined);
  const larger = ran.find(({ size }) => size > inputSizePx);
  if (larger !== undefined) return Math.min(most, largestMiniBatch(measured, larger.size, memoryMib).miniBatchSize);
  const smaller = ran.findLast(({ size }) => size < inputSizePx);
  const growth = memoryGrowth(measured.memory.observations);
  const byPixels =
    smaller === undefined ? 0 : (smaller.largestOk ?? 0) * (smaller.size ** 2 / inputSizePx ** 2) ** growth;
  const law = memoryMib === undefined ? undefined : memoryLaw(measured.memory.observations);
  const byLaw = law?.miniBatchWithin(inputSizePx, memoryMib ?? 0) ?? Infinity;
  return Math.min(most, Math.floor(byPixels), Math.floor(byLaw));
}
