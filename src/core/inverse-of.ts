const HALVINGS = 100;

/**
 * Where a function that grows from 0 on reaches a value.
 *
 * @param value one that it reaches
 */
export function inverseOf(growing: (at: number) => number, value: number): number {
  let [low, high] = [0, 1];
  while (growing(high) < value) high *= 2;
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (growing(middle) < value) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
