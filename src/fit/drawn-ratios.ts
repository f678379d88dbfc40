import type { FittedLaw } from "./law/fit-law.js";
import type { QuantityFit } from "./quantity-fit.js";

/**
 * One of the functions that the measurements allow, over what is typical: drawn at the measured mini-batches of an
 * input size and in the middle between them, and straight in logarithms from one to the next.
 *
 * @param index the same one is the same function everywhere
 */
export function drawnRatios(
  { quantity, observations }: QuantityFit,
  law: FittedLaw,
  inputSizePx: number,
  index: number,
): (miniBatchSize: number) => number {
  const here = observations.filter((seen) => seen.inputSizePx === inputSizePx);
  const sizes = new Set((here.length > 0 ? here : observations).map(({ miniBatchSize }) => miniBatchSize));
  const knots = withMiddles([...sizes].sort((a, b) => a - b));
  const drawn = law.draw(inputSizePx, knots, `${quantity} at ${inputSizePx} px ${index}`) ?? [];
  const points = knots.map((miniBatchSize, knot) => ({
    at: Math.log(miniBatchSize),
    ratio: Math.log((drawn[knot] ?? 1) / (law.at(inputSizePx, miniBatchSize)?.value ?? 1)),
  }));
  return (miniBatchSize) => Math.exp(straight(points, Math.log(miniBatchSize)));
}

function withMiddles(sizes: readonly number[]): number[] {
  return sizes.flatMap((size, index) => {
    const middle = Math.round(Math.sqrt(size * (sizes[index + 1] ?? size)));
    return middle > size && middle < (sizes[index + 1] ?? size) ? [size, middle] : [size];
  });
}

/** Between two points the straight line through them, beyond the last ones their value. */
function straight(points: readonly { readonly at: number; readonly ratio: number }[], at: number): number {
  const above = points.findIndex((point) => point.at >= at);
  const [low, high] = [points[above - 1], points[above]];
  if (low === undefined || high === undefined) return (high ?? points.at(-1))?.ratio ?? 0;
  return low.ratio + ((at - low.at) / (high.at - low.at)) * (high.ratio - low.ratio);
}
