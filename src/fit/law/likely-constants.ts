import type { CellMeans } from "./cell-means.js";
import type { DeviationPoint } from "./deviation-grid.js";
import { type KrigedLaw, krigedLaw, shares } from "./kriging.js";
import { fitShape } from "./law-fit.js";
import type { WeightedLaw } from "./law-prediction.js";
import type { LawShape } from "./law-shape.js";

/** A constant that is this much less likely than the best one, and those beyond it, are left out. */
const LEAST_RATIO = 0.02;

/**
 * A law with its best constant and with those on either side that are nearly as likely: where a bend or an edge is, the
 * cells say only roughly. Each with its share.
 *
 * Source: Hoeting and others, Bayesian model averaging, Statistical Science 14 (1999).
 */
export function likelyConstants(
  shape: LawShape,
  best: KrigedLaw,
  means: CellMeans,
  grid: readonly DeviationPoint[],
): WeightedLaw[] {
  const { constant, parameters } = best.law;
  const place = shape.constants.indexOf(constant);
  // Where the law's slopes have the constant among them, its error is in what is predicted already.
  if (shape.constantSlope !== undefined || shape.constants.length === 1) return [{ kriged: best, weight: 1 }];
  const isLikely = (kriged: KrigedLaw) => Math.exp((best.bic - kriged.bic) / 2) > LEAST_RATIO;
  const likely = [best];
  for (const side of [shape.constants.slice(0, place).reverse(), shape.constants.slice(place + 1)]) {
    for (const other of side) {
      const law = fitShape({ ...shape, constants: [other] }, means.cells);
      const kriged = law && krigedLaw({ ...law, parameters }, means, grid);
      if (kriged === undefined || !isLikely(kriged)) break;
      likely.push(kriged);
    }
  }
  const weights = shares(likely.map(({ bic }) => -bic / 2));
  return likely.map((kriged, index) => ({ kriged, weight: weights[index] ?? 0 }));
}
