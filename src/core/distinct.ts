/**
 * The distinct values, ascending.
 *
 * @example distinct([8, 1, 8]) // [1, 8]
 */
export function distinct(values: Iterable<number>): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
