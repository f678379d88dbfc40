import { Matrix } from "ml-matrix";
import { RandomForestRegression } from "ml-random-forest";
import { groupBy } from "../core/group-by.js";
import type { SeededRandom } from "../core/seeded-random.js";

/** Training data of a forest. */
export interface ForestData {
  /** `rows[row][feature]`, finite. */
  readonly rows: readonly (readonly number[])[];
  readonly target: readonly number[];
  /** Rows of one cluster are drawn together: trials of a cell are no independent evidence. */
  readonly clusters: readonly number[];
}

/** What one tree says of its features, from rows that it has not seen. */
export interface TreeEvidence {
  /** By feature: how much the mean squared error grows when the feature is permuted; 0 for features that it ignores. */
  readonly importance: readonly number[];
  /** The same, cluster by cluster. */
  readonly unseen: readonly UnseenCluster[];
  readonly outOfBag: readonly { readonly row: number; readonly predicted: number }[];
}

/** What one tree says of its features from the rows of one cluster. */
export interface UnseenCluster {
  readonly cluster: number;
  readonly rows: number;
  /** By feature: how much the sum of the rows' squared errors grows when the feature is permuted. */
  readonly increases: readonly number[];
}

/** Permutations of each feature, whose increases are averaged. */
const REPEATS = 5;

/** A node of ml-cart's tree as its JSON has it. */
interface TreeNode {
  readonly splitColumn?: number;
  readonly left?: TreeNode;
  readonly right?: TreeNode;
}

/**
 * Trains one tree on a bootstrap sample of clusters, with all features at every split, and asks the clusters that it
 * has not seen which features it needs.
 *
 * Source: Breiman, Random Forests, Machine Learning 45 (2001), section 10: permutation importance on out-of-bag cases.
 *
 * @param maxFeatures how many features the tree may use. Default: all
 * @param random draws the sample and the permutations, so that a tree depends on its seed and on nothing else
 */
export function growBaggedTree(
  { rows, target, clusters }: ForestData,
  random: SeededRandom,
  maxFeatures?: number,
): TreeEvidence {
  const names = [...new Set(clusters)];
  const drawn = random.resample(names);
  const seen = new Set(drawn);
  const inBag = drawn.flatMap((cluster) => clusters.flatMap((candidate, row) => (candidate === cluster ? [row] : [])));
  const outOfBag = clusters.flatMap((cluster, row) => (seen.has(cluster) ? [] : [row]));
  const features = rows[0]?.length ?? 0;

  const tree = new RandomForestRegression({
    seed: random.integer(1, 0x7fff_ffff),
    nEstimators: 1,
    // A share, since a number of 1 would be taken for one.
    maxFeatures: maxFeatures === undefined || maxFeatures >= features ? features : (maxFeatures + 0.5) / features,
    replacement: false,
    useSampleBagging: false,
    noOOB: true,
  });
  tree.train(
    inBag.map((row) => [...(rows[row] ?? [])]),
    inBag.map((row) => target[row] ?? Number.NaN),
  );
  const cases = new Matrix(outOfBag.map((row) => [...(rows[row] ?? [])]));
  const truth = outOfBag.map((row) => target[row] ?? Number.NaN);
  const predict = (): number[] => (cases.rows === 0 ? [] : tree.predict(cases));
  const predicted = predict();
  const squaredErrors = (values: readonly number[]) => values.map((value, index) => (value - (truth[index] ?? 0)) ** 2);
  const errors = squaredErrors(predicted);
  const unseen = [...groupBy(outOfBag.keys(), (index) => clusters[outOfBag[index] ?? -1] ?? Number.NaN)].map(
    ([cluster, indices]) => ({ cluster, indices, increases: new Array<number>(features).fill(0) }),
  );
  for (const feature of usedFeatures(tree)) {
    if (cases.rows === 0) continue;
    const values = cases.getColumn(feature);
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      cases.setColumn(feature, random.shuffle(values));
      const permuted = squaredErrors(predict());
      for (const { indices, increases } of unseen) {
        const increase = indices.reduce((sum, index) => sum + (permuted[index] ?? 0) - (errors[index] ?? 0), 0);
        increases[feature] = (increases[feature] ?? 0) + increase / REPEATS;
      }
    }
    cases.setColumn(feature, values);
  }
  const ofClusters = unseen.map(({ cluster, indices, increases }) => ({ cluster, rows: indices.length, increases }));
  return {
    importance: importanceOn(ofClusters, features),
    unseen: ofClusters,
    outOfBag: outOfBag.map((row, index) => ({ row, predicted: predicted[index] ?? Number.NaN })),
  };
}

/** By feature: how much the mean squared error on some clusters' rows grows when the feature is permuted. */
export function importanceOn(unseen: readonly UnseenCluster[], features: number): number[] {
  const rows = unseen.reduce((sum, cluster) => sum + cluster.rows, 0);
  return Array.from({ length: features }, (_, feature) =>
    rows === 0 ? 0 : unseen.reduce((sum, { increases }) => sum + (increases[feature] ?? 0), 0) / rows,
  );
}

/** The features that a tree splits on; only these can matter to it. */
function usedFeatures(forest: RandomForestRegression): number[] {
  const { baseModel } = JSON.parse(JSON.stringify(forest)) as {
    readonly baseModel: {
      readonly estimators: readonly { readonly root: TreeNode }[];
      readonly indexes: readonly (readonly number[])[];
    };
  };
  const used = new Set<number>();
  const visit = (node: TreeNode | undefined) => {
    if (node?.left === undefined || node.right === undefined || node.splitColumn === undefined) return;
    used.add(baseModel.indexes[0]?.[node.splitColumn] ?? node.splitColumn);
    visit(node.left);
    visit(node.right);
  };
  visit(baseModel.estimators[0]?.root);
  return [...used].sort((a, b) => a - b);
}
