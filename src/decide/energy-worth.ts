/** What a device consumes, of a question of least energy. */
export interface ConsumedEnergy {
  /** Of a later mini-batch; undefined where nobody gave it: then the size is not used. */
  perMiniBatchJ(miniBatchSize: number): number | undefined;
  /** Of the first one, alike. Default: the later ones' power for as long as it takes. */
  firstJ?(miniBatchSize: number): number | undefined;
  /** Of a device that waits for the end of the time. */
  readonly idleW: number;
  /** How many devices there are. */
  readonly devices: number;
}

/**
 * Images per kilojoule of all devices that they take together, each of which classifies as many as it can in the time,
 * without whole numbers; 0 where the devices that there are can't classify all.
 *
 * @param capacity of one device
 * @param timeMs infinite where nothing waits for its end
 * @example
 * // 100 images of 1 J each on one device, whose first mini-batch takes as much as a later one:
 * const all = { images: 100, timeMs: Infinity, capacity: Infinity };
 * imagesPerKilojoule(energy, all, 10, { latencyMs: 5, firstMs: 5 }); // 1000
 */
export function imagesPerKilojoule(
  { perMiniBatchJ, firstJ, idleW, devices }: ConsumedEnergy,
  { images, timeMs, capacity }: { readonly images: number; readonly timeMs: number; readonly capacity: number },
  miniBatchSize: number,
  { latencyMs, firstMs }: { readonly latencyMs: number; readonly firstMs: number },
): number {
  const laterJ = perMiniBatchJ(miniBatchSize);
  const used = Math.max(1, images / capacity);
  if (laterJ === undefined || !(used <= devices)) return 0;
  const first = firstJ === undefined ? (laterJ * firstMs) / latencyMs : firstJ(miniBatchSize);
  if (first === undefined) return 0;
  const later = Math.max(0, images / miniBatchSize - used);
  const busyMs = used * firstMs + later * latencyMs;
  const waitingJ = timeMs === Number.POSITIVE_INFINITY ? 0 : (idleW / 1000) * Math.max(0, used * timeMs - busyMs);
  return (1000 * images) / (used * first + later * laterJ + waitingJ);
}
