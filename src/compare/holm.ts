/**
 * p-values made larger for being several: those at most 5 % are, all together, wrong with a probability of at most 5 %,
 * however they hang together.
 *
 * Source: Holm, Scand. J. Statist. 6 (1979).
 *
 * @returns one per p-value, in their order
 * @example
 * holmAdjusted([0.01, 0.04, 0.03]); // [0.03, 0.06, 0.06]
 */
export function holmAdjusted(pValues: readonly number[]): number[] {
  const order = pValues.map((pValue, index) => ({ pValue, index })).sort((a, b) => a.pValue - b.pValue);
  const adjusted: number[] = [];
  let largest = 0;
  for (const [place, { pValue, index }] of order.entries()) {
    largest = Math.max(largest, Math.min(1, pValue * (order.length - place)));
    adjusted[index] = largest;
  }
  return adjusted;
}
