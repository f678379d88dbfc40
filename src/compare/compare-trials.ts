import { UserError } from "../core/user-error.js";
import type { TrialRow } from "../dataset/tables.js";
import { compareQuantity, type QuantityRatios } from "./compare-quantity.js";
import { holmAdjusted } from "./holm.js";
import type { TrialPair } from "./paired-trials.js";
import type { Ratio } from "./ratio.js";
import { COMPARED, type JudgedRatio, judgeRatio } from "./verdict.js";

export const DEFAULT_MARGIN = 0.05;
/** All differences that one comparison claims are wrong, together, with at most this probability. */
const ALPHA = 0.05;
/** Differences of cells and overall ratios: each family has half of it. */
const FAMILIES = 2;

/**
 * Every quantity that both sides measured, judged. Differences of cells are one family of all quantities, overall
 * ratios another, each at 2.5 % by Holm: where nothing differs, one comparison in twenty claims any difference.
 *
 * @param margin within which a ratio counts as `same`: 0.05 is from 1/1.05 to 1.05
 * @param pairs the trials that were measured in turns, if they were
 * @throws UserError if no cell ended well on both sides
 */
export function compareTrials(
  a: readonly TrialRow[],
  b: readonly TrialRow[],
  margin = DEFAULT_MARGIN,
  pairs?: readonly TrialPair[],
): QuantityRatios<JudgedRatio>[] {
  const compared = COMPARED.flatMap((quantity) => compareQuantity(quantity, a, b, pairs) ?? []);
  if (compared.length === 0) throw new UserError("compare: no cell ended well in both A and B, nothing to compare");
  const ofCells = adjustedIn(compared.flatMap(({ cells }) => cells.map(({ ratio }) => ratio)));
  const ofAll = adjustedIn(compared.map(({ overall }) => overall));
  return compared.map(({ quantity, cells, overall, betweenCells }) => {
    const judge = (ratio: Ratio, adjusted: ReadonlyMap<Ratio, number>) =>
      judgeRatio(quantity, ratio, adjusted.get(ratio), margin, ALPHA);
    return {
      quantity,
      cells: cells.map((cell) => ({ ...cell, ratio: judge(cell.ratio, ofCells) })),
      overall: judge(overall, ofAll),
      betweenCells,
    };
  });
}

function adjustedIn(ratios: readonly Ratio[]): Map<Ratio, number> {
  const known = ratios.flatMap((ratio) => (ratio.pValue === undefined ? [] : [{ ratio, pValue: ratio.pValue }]));
  const adjusted = holmAdjusted(known.map(({ pValue }) => pValue));
  return new Map(known.map(({ ratio }, index) => [ratio, Math.min(1, FAMILIES * (adjusted[index] ?? 1))]));
}
