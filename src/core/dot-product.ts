/**
 * The sum of the products of two rows of numbers of one length.
 *
 * @example dotProduct([1, 2], [3, 4]) // 11
 */
export function dotProduct(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? Number.NaN), 0);
}
