import type { Choice, DeviceType } from "./device-type.js";

/** A choice with its best number of uses within a time. */
export interface Use {
  readonly choice: Choice;
  /** Mini-batches after the first one. */
  readonly uses: number;
  /** Images: (uses + 1) · mini-batch size. */
  readonly capacity: number;
}

/** When a device that starts cold at 0 has run its first mini-batch and `uses` further ones. */
export function finishUs({ warmupUs, latencyUs }: Choice, uses: number): number {
  return warmupUs + uses * latencyUs;
}

/**
 * The most that one device of a type classifies within a time: over its mini-batch sizes the maximum of
 * (t + 1)·mbs with t = min(M, ⌊(T − W)/L⌋). Of equal capacities the smaller mini-batch.
 *
 * @returns undefined if even its fastest first inference takes longer
 */
export function bestUse(type: DeviceType, timeUs: number): Use | undefined {
  let best: Use | undefined;
  for (const choice of type.choices) {
    if (choice.warmupUs > timeUs) continue;
    const uses = Math.min(type.maxUses, Math.floor((timeUs - choice.warmupUs) / choice.latencyUs));
    const capacity = (uses + 1) * choice.miniBatchSize;
    if (best === undefined || capacity > best.capacity) best = { choice, uses, capacity };
  }
  return best;
}

/** The types that can be used within a time, largest capacity first. */
export function usableTypes(types: readonly DeviceType[], timeUs: number): { type: DeviceType; use: Use }[] {
  return types
    .flatMap((type) => {
      const use = bestUse(type, timeUs);
      return use === undefined ? [] : [{ type, use }];
    })
    .sort((a, b) => b.use.capacity - a.use.capacity);
}

/**
 * The fewest devices that classify so many images within a time: devices with the largest capacities first. Exact,
 * because every device counts 1 and more capacity is never worse.
 *
 * @returns undefined if all devices together are too few
 */
export function fewestDevices(types: readonly DeviceType[], images: number, timeUs: number): number | undefined {
  let left = images;
  let devices = 0;
  for (const { type, use } of usableTypes(types, timeUs)) {
    const needed = Math.min(type.count, Math.ceil(left / use.capacity));
    devices += needed;
    left -= needed * use.capacity;
    if (left <= 0) return devices;
  }
  return undefined;
}

/** The most images that all devices together classify within a time. */
export function mostImages(types: readonly DeviceType[], timeUs: number): number {
  return usableTypes(types, timeUs).reduce((sum, { type, use }) => sum + type.count * use.capacity, 0);
}

/**
 * The smallest whole number of microseconds at which a monotone condition holds.
 *
 * @returns undefined if it does not hold at `highUs` either
 */
export function earliestTimeUs(highUs: number, holds: (timeUs: number) => boolean): number | undefined {
  if (!holds(highUs)) return undefined;
  let low = 0;
  let high = highUs;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return high;
}
