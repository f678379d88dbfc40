/** Images of whole mini-batches within a time. */
export function wholeCapacity(
  miniBatchSize: number,
  { latencyMs, firstMs }: { readonly latencyMs: number; readonly firstMs: number },
  timeMs: number,
): number {
  return firstMs > timeMs ? 0 : miniBatchSize * (Math.floor((timeMs - firstMs) / latencyMs) + 1);
}
