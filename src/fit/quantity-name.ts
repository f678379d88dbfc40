/**
 * A quantity as people call it.
 *
 * @example
 * quantityName("warmup_ms"); // "warm-up"
 */
export function quantityName(quantity: string): string {
  return quantity
    .replace(/_(ms|mib)$/, "")
    .replace("warmup", "warm-up")
    .replace("peak_", "")
    .replace("_", " ");
}
