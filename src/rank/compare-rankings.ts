import { sampleRankCorrelation } from "simple-statistics";
import { ranksOf, TOP } from "./rank-features.js";

/** How far two rankings of the same features agree. */
export interface Agreement {
  /** How many of the top 15 (or of all, where there are fewer) they share. */
  readonly shared: number;
  readonly top: number;
  /** Spearman's rank correlation over the features that are in either top. */
  readonly rankCorrelation: number;
  /** Features in the first top only, and in the second only. */
  readonly onlyFirst: readonly string[];
  readonly onlySecond: readonly string[];
}

/**
 * Compares two importances of the same features.
 *
 * @param names the features
 * @param first, second one importance per feature, larger is more important, each on a scale of its own
 */
export function compareRankings(
  names: readonly string[],
  first: readonly number[],
  second: readonly number[],
): Agreement {
  const top = Math.min(TOP, names.length);
  const [firstTop, secondTop] = [topOf(first, top), topOf(second, top)];
  const either = names.map((_, index) => index).filter((index) => firstTop.has(index) || secondTop.has(index));
  const [firstRanks, secondRanks] = [ranksOf(first), ranksOf(second)];
  const name = (index: number) => names[index] ?? "";
  return {
    shared: [...firstTop].filter((index) => secondTop.has(index)).length,
    top,
    rankCorrelation: sampleRankCorrelation(
      either.map((index) => firstRanks[index] ?? 0),
      either.map((index) => secondRanks[index] ?? 0),
    ),
    onlyFirst: [...firstTop].filter((index) => !secondTop.has(index)).map(name),
    onlySecond: [...secondTop].filter((index) => !firstTop.has(index)).map(name),
  };
}

function topOf(importance: readonly number[], top: number): Set<number> {
  const order = importance.map((_, index) => index).sort((a, b) => (importance[b] ?? 0) - (importance[a] ?? 0));
  return new Set(order.slice(0, top));
}
