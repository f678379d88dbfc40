import { dotProduct } from "../../core/dot-product.js";
import type { KrigedLaw } from "./kriging.js";

/**
 * A cell that keeps less than this share of its own noise when the law is fitted decides a coefficient alone, as the
 * only one on one side of a sharp bend: nothing is said of it by the others.
 */
const LEAST_SHARE = 0.01;

/**
 * ln of what was measured at each cell over what is said of it without that cell: coefficients and deviation anew, what
 * was chosen of law, constant and kind of deviation as it is. Undefined at a cell of which the others say nothing.
 *
 * Source: Dubrule, Cross validation of kriging in a unique neighborhood, Mathematical Geology 15 (1983).
 */
export function leftOutLogs({ cells, slopes, points }: KrigedLaw): (number | undefined)[] {
  const sums = cells.map(() => 0);
  const isAlone = cells.map(() => false);
  for (const { point, covariance, pull, weight } of points) {
    const weighted = point.inverse.mmul(slopes);
    const ofChange = weighted.mmul(covariance);
    for (const index of cells.keys()) {
      const ofCell = point.inverse.get(index, index);
      const open = ofCell - dotProduct(ofChange.getRow(index), weighted.getRow(index));
      if (open < LEAST_SHARE * ofCell) isAlone[index] = true;
      else sums[index] = (sums[index] ?? 0) + (weight * (pull[index] ?? Number.NaN)) / open;
    }
  }
  return sums.map((sum, index) => (isAlone[index] ? undefined : sum));
}
