import { seededRandom } from "../core/seeded-random.js";
import { type Interval, quantile, sorted } from "../core/statistics.js";
import type { TreeEvidence } from "./bagged-tree.js";
import type { FeatureGroup } from "./feature-matrix.js";

/** One group of features with its place in a ranking. */
export interface RankedFeature {
  readonly group: FeatureGroup;
  /** 1 is the most important. */
  readonly rank: number;
  /**
   * How much of the target's variance the forest loses when the feature is permuted (a ratio; noise can be below 0).
   */
  readonly importance: number;
  /** 95 % percentile bootstrap interval over trees. */
  readonly interval: Interval;
  /** The lowest and the highest rank over ten parts of the forest, each grown on bootstrap samples of its own. */
  readonly rankInterval: Interval;
}

/** What a forest says of its features, the most important first. */
export interface Ranking {
  readonly features: readonly RankedFeature[];
  readonly trees: number;
  /** The share of the target's variance that out-of-bag predictions explain. */
  readonly outOfBagRSquared: number;
  /** The mean share of the top 15 that ten parts of the forest agree on. */
  readonly topSurvival: number;
  /** Whether the top 15 survive resampling: `topSurvival` is at least 0.8. */
  readonly stable: boolean;
}

export const TOP = 15;
const STABLE_SURVIVAL = 0.8;
const PARTS = 10;
const BOOTSTRAP_SAMPLES = 1000;

/**
 * Ranks features by permutation importance on out-of-bag rows, averaged over the trees of a forest.
 *
 * @param evidence one per tree, from `growForest`
 * @param target what the forest was trained to predict
 */
export function rankFeatures(
  groups: readonly FeatureGroup[],
  evidence: readonly Pick<TreeEvidence, "importance" | "outOfBag">[],
  target: readonly number[],
  seed: number,
): Ranking {
  const variance = meanOf(target.map((value) => (value - meanOf(target)) ** 2));
  const shares = evidence.map(({ importance }) => importance.map((increase) => increase / variance));
  const means = meanByFeature(shares);
  const parts = partsOf(shares).map((part) => ranksOf(meanByFeature(part)));
  const order = orderOf(means);
  const top = new Set(order.slice(0, TOP));
  const topSurvival = meanOf(
    parts.map((ranks) => [...top].filter((feature) => (ranks[feature] ?? Infinity) <= top.size).length / top.size),
  );
  const random = seededRandom(seed, "importance intervals");
  const samples = Array.from({ length: BOOTSTRAP_SAMPLES }, () => random.resample(shares.map((_, tree) => tree)));
  return {
    features: order.map((feature, place) => {
      const group = groups[feature];
      if (group === undefined) throw new RangeError(`ranking: feature ${feature} has no group`);
      const ofTrees = shares.map((tree) => tree[feature] ?? 0);
      const resampled = sorted(samples.map((trees) => meanOf(trees.map((tree) => ofTrees[tree] ?? 0))));
      const ranks = sorted(parts.map((part) => part[feature] ?? Number.NaN));
      return {
        group,
        rank: place + 1,
        importance: means[feature] ?? 0,
        interval: { low: quantile(resampled, 0.025), high: quantile(resampled, 0.975) },
        rankInterval: { low: ranks.at(0) ?? Number.NaN, high: ranks.at(-1) ?? Number.NaN },
      };
    }),
    trees: evidence.length,
    outOfBagRSquared: outOfBagRSquared(evidence, target),
    topSurvival,
    stable: topSurvival >= STABLE_SURVIVAL,
  };
}

/** Trees divided into ten parts of nearly the same size, or one tree each where there are fewer. */
function partsOf(trees: readonly (readonly number[])[]): (readonly number[])[][] {
  const count = Math.min(PARTS, trees.length);
  return Array.from({ length: count }, (_, part) => trees.filter((_, tree) => tree % count === part));
}

/** The mean importance of each feature over trees. */
export function meanByFeature(trees: readonly (readonly number[])[]): number[] {
  return (trees[0] ?? []).map((_, feature) => meanOf(trees.map((tree) => tree[feature] ?? 0)));
}

/** Features from the most important on; of equal ones the earlier. */
export function orderOf(importance: readonly number[]): number[] {
  return importance.map((_, feature) => feature).sort((a, b) => (importance[b] ?? 0) - (importance[a] ?? 0) || a - b);
}

/** The rank of each feature; equal ones share the mean of their places. */
export function ranksOf(importance: readonly number[]): number[] {
  const order = orderOf(importance);
  const ranks = new Array<number>(importance.length).fill(0);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && importance[order[end] ?? -1] === importance[order[start] ?? -1]) end++;
    for (const feature of order.slice(start, end)) ranks[feature] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

function outOfBagRSquared(evidence: readonly Pick<TreeEvidence, "outOfBag">[], target: readonly number[]): number {
  const sums = target.map(() => ({ sum: 0, trees: 0 }));
  for (const { outOfBag } of evidence) {
    for (const { row, predicted } of outOfBag) {
      const at = sums[row];
      if (at === undefined) continue;
      at.sum += predicted;
      at.trees++;
    }
  }
  const seen = target.flatMap((value, row) => {
    const { sum, trees } = sums[row] ?? { sum: 0, trees: 0 };
    return trees === 0 ? [] : [{ value, predicted: sum / trees }];
  });
  const mean = meanOf(seen.map(({ value }) => value));
  const residual = meanOf(seen.map(({ value, predicted }) => (value - predicted) ** 2));
  return 1 - residual / meanOf(seen.map(({ value }) => (value - mean) ** 2));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
