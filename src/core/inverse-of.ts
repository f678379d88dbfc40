/**
 * Where a growing function reaches a value; infinite where it never does.
 *
 * @param from a place where it does not exceed that value
 */
export function inverseOf(growing: (at: number) => number, value: number, from = 0): number {
  let [low, high] = [from, 1];
  while (high < Number.POSITIVE_INFINITY && growing(high) < value) high *= 2;
  for (let middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2) {
    if (growing(middle) < value) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
