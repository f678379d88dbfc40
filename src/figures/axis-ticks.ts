/** The powers of two within the values: mini-batch sizes are chosen as such, so that is where ticks belong. */
export function powersOfTwo(values: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const ticks = [];
  for (let tick = 2 ** Math.ceil(Math.log2(low)); tick <= high; tick *= 2) ticks.push(tick);
  return ticks;
}

/** Beyond this many decades, a logarithmic axis gets ticks at powers of ten only. */
const DENSE_DECADES = 3;

/**
 * The ticks of a logarithmic axis from the tick below the smallest value to the one above the largest: 1, 2, 5, 10, …
 * or, over more than three decades, powers of ten.
 *
 * @example logTicks([3, 70]) // [2, 5, 10, 20, 50, 100]
 */
export function logTicks(values: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (!(low > 0 && Number.isFinite(high))) return [];
  const steps = Math.log10(high / low) > DENSE_DECADES ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let decade = Math.floor(Math.log10(low)); decade <= Math.ceil(Math.log10(high)); decade++) {
    for (const step of steps) ticks.push(Number(`${step}e${decade}`));
  }
  const first = ticks.findLastIndex((tick) => tick <= low);
  const last = ticks.findIndex((tick) => tick >= high);
  return ticks.slice(Math.max(first, 0), last + 1);
}
