import { type ConsumedEnergy, imagesPerKilojoule } from "./energy-worth.js";

/** What is to be decided: the mini-batch size of alike devices at one input size. Times are of one device. */
export interface DecisionQuestion {
  /** As many images as devices can classify in the time, or fewest devices for so many images. */
  readonly objective: "images" | "devices";
  /** What is consumed, where least energy for so many images is asked for. */
  readonly energy?: ConsumedEnergy;
  /** Infinite where there is no end: then all images are classified by one device, as soon as possible. */
  readonly timeMs: number;
  /** Of the fewest devices, of least energy, or of one device without an end of the time; else 0. */
  readonly images: number;
  /** Most mini-batches of a device after its first. */
  readonly maxUses: number;
  /** A steady mini-batch may take no longer. */
  readonly maxLatencyMs: number;
  /** In how many processes it may not, as a share. Default: in a typical one. */
  readonly maxLatencyShare?: number;
  /** A mini-batch size that is worse than another one by less is as good, as a share of what a device classifies. */
  readonly indifference: number;
}

/** What a process may take. */
export interface ProcessTimes {
  readonly latencyMs: number;
  readonly firstMs: number;
  /** The latency that a cap is held against. Default: the latency. */
  readonly heldLatencyMs?: number;
}

/**
 * What one device classifies in the time, without whole numbers: ½ stands for what rounding down leaves of a
 * mini-batch in the mean. With whole numbers two mini-batch sizes that are as good would seem far apart where few fit.
 * Without an end of the time: images per second over all of them.
 *
 * @example meanCapacity({ ...question, timeMs: 1000 }, 8, { latencyMs: 100, firstMs: 200 }) // 68
 */
export function meanCapacity(
  { timeMs, images, maxUses, maxLatencyMs }: DecisionQuestion,
  miniBatchSize: number,
  { latencyMs, firstMs, heldLatencyMs = latencyMs }: ProcessTimes,
): number {
  if (heldLatencyMs > maxLatencyMs) return 0;
  if (timeMs === Number.POSITIVE_INFINITY) {
    const further = Math.min(maxUses, Math.ceil(images / miniBatchSize) - 1);
    return (1000 * Math.min(images, miniBatchSize * (further + 1))) / (firstMs + further * latencyMs);
  }
  return miniBatchSize * Math.max(0, Math.min(maxUses + 1, (timeMs - firstMs) / latencyMs + 0.5));
}

/**
 * What a mini-batch size is chosen by, of which more is better: `meanCapacity`, or where least energy is asked for the
 * images per kilojoule.
 */
export function worthOf(question: DecisionQuestion, miniBatchSize: number, times: ProcessTimes): number {
  const { energy, images, timeMs, maxLatencyMs } = question;
  if (energy === undefined) return meanCapacity(question, miniBatchSize, times);
  const isEndless = timeMs === Number.POSITIVE_INFINITY;
  const capacity = isEndless ? miniBatchSize * (question.maxUses + 1) : meanCapacity(question, miniBatchSize, times);
  if ((times.heldLatencyMs ?? times.latencyMs) > maxLatencyMs) return 0;
  return imagesPerKilojoule(energy, { images, timeMs, capacity }, miniBatchSize, times);
}

/** Whether one capacity answers the question as well as another one: no more devices, or within the indifference. */
export function isAsGood(
  { objective, images, indifference }: DecisionQuestion,
  capacity: number,
  other: number,
): boolean {
  if (capacity >= (1 - indifference) * other) return true;
  return objective === "devices" && Math.ceil(images / capacity) <= Math.ceil(images / other);
}
