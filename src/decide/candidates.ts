/** Mini-batch sizes that are nearer to each other hardly differ in what a device classifies. */
const APART = 1.4;

/**
 * The declared candidates of a question: of the mini-batch sizes of a design at an input size those that are 1.4 times
 * apart, its smallest and its largest among them. Powers of two, and staggered sizes, are all candidates.
 *
 * @param miniBatchSizes smallest first
 * @example declaredCandidates([1, 2, 3, 4, 5, 6, 7, 8]) // [1, 2, 3, 5, 8]
 */
export function declaredCandidates(miniBatchSizes: readonly number[]): number[] {
  const largest = miniBatchSizes.at(-1);
  const kept: number[] = [];
  for (const size of miniBatchSizes) {
    const before = kept.at(-1);
    if (size === largest || ((before === undefined || size >= APART * before) && size * APART <= (largest ?? size))) {
      kept.push(size);
    }
  }
  return kept;
}
