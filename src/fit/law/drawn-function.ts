import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { chiSquareQuantile } from "../../core/chi-square.js";
import { dotProduct } from "../../core/dot-product.js";
import type { SeededRandom } from "../../core/seeded-random.js";
import { covariances } from "./deviation-grid.js";
import type { KrigedLaw } from "./kriging.js";

/** Added to variances, as a share of their mean: cells side by side say nearly the same. */
const JITTER = 1e-9;

/**
 * One of the functions that the measured cells allow, drawn as often as they make it likely: ln of its values at some
 * mini-batches of an input size, which differ from what is typical together, as a function does. What single cells that
 * were not measured may have beyond it is left out.
 *
 * Source: Santner, Williams and Notz, The Design and Analysis of Computer Experiments, section 4.1.
 *
 * @returns undefined where the law says nothing
 */
export function drawnLogs(
  { law, cells, slopes, points, degrees }: KrigedLaw,
  inputSizePx: number,
  miniBatchSizes: readonly number[],
  random: SeededRandom,
): number[] | undefined {
  const drawn = drawByWeight(points, random);
  if (drawn === undefined || miniBatchSizes.some((size) => law.logAt(inputSizePx, size) === undefined))
    return undefined;
  const { point, change, covariance, noise, pull } = drawn;
  const targets = miniBatchSizes.map((miniBatchSize) => ({ inputSizePx, miniBatchSize, trials: 1 }));
  const isMeasured = new Set(cells.flatMap((cell) => (cell.inputSizePx === inputSizePx ? [cell.miniBatchSize] : [])));
  const here = new Matrix(miniBatchSizes.map((size) => law.slopesAt(inputSizePx, size)));
  const shared = new Matrix(miniBatchSizes.map((size) => covariances(point, cells, inputSizePx, size)));
  const share = shared.mmul(point.inverse);
  const open = Matrix.sub(here, share.mmul(slopes));
  const raw = new Matrix(miniBatchSizes.map((size) => covariances(point, targets, inputSizePx, size)))
    .sub(share.mmul(shared.transpose()))
    .add(open.mmul(covariance).mmul(open.transpose()));
  const spread = Matrix.add(raw, raw.transpose()).mul(0.5); // rounding leaves it a little askew
  const jitter = (JITTER * spread.trace()) / miniBatchSizes.length;
  for (const [index, size] of miniBatchSizes.entries()) {
    const ofCell = isMeasured.has(size) ? 0 : point.variance * point.ofCell;
    spread.set(index, index, spread.get(index, index) - ofCell + jitter + Number.EPSILON);
  }
  const scale = Math.sqrt((noise * degrees) / chiSquareQuantile(random.uniform(), degrees));
  const normal = Matrix.columnVector(miniBatchSizes.map(() => random.normal()));
  const away = new CholeskyDecomposition(spread).lowerTriangularMatrix.mmul(normal);
  return miniBatchSizes.map((size, index) => {
    const mean = dotProduct(here.getRow(index), change) + dotProduct(shared.getRow(index), pull);
    return (law.logAt(inputSizePx, size) ?? Number.NaN) + mean + scale * away.get(index, 0);
  });
}

/** One of several, as often as its weight says; undefined where there is none. */
export function drawByWeight<T extends { readonly weight: number }>(
  items: readonly T[],
  random: SeededRandom,
): T | undefined {
  let left = random.uniform() * items.reduce((sum, { weight }) => sum + weight, 0);
  return (
    items.find(({ weight }) => {
      left -= weight;
      return left < 0;
    }) ?? items[0]
  );
}
