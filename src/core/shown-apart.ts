const LEAST_DIGITS = 6;
const ALL_DIGITS = 17;

/**
 * Two different numbers in as many significant digits as they take to look different, at least six.
 *
 * @example
 * shownApart(5e-5, 4.9999999999e-5); // [5e-5, 4.9999999999e-5]
 * shownApart(1 / 3, 1); // [0.333333, 1]
 */
export function shownApart(a: number, b: number): [number, number] {
  for (let digits = LEAST_DIGITS; digits < ALL_DIGITS; digits++) {
    const [shownA, shownB] = [Number(a.toPrecision(digits)), Number(b.toPrecision(digits))];
    if (shownA !== shownB) return [shownA, shownB];
  }
  return [a, b];
}
