import { Matrix } from "ml-matrix";
import { RandomForestRegression } from "ml-random-forest";
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
  readonly outOfBag: readonly { readonly row: number; readonly predicted: number }[];
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
 * @param random draws the sample and the permutations, so that a tree depends on its seed and on nothing else
 */
export function growBaggedTree({ rows, target, clusters }: ForestData, random: SeededRandom): TreeEvidence {
  const names = [...new Set(clusters)];
  const drawn = random.resample(names);
  const seen = new Set(drawn);
  const inBag = drawn.flatMap((cluster) => clusters.flatMap((candidate, row) => (candidate === cluster ? [row] : [])));
  const outOfBag = clusters.flatMap((cluster, row) => (seen.has(cluster) ? [] : [row]));
  const features = rows[0]?.length ?? 0;

  const tree = new RandomForestRegression({
    seed: random.integer(1, 0x7fff_ffff),
    nEstimators: 1,
    maxFeatures: features,
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
  const error = meanSquaredError(predicted, truth);

  const importance = new Array<number>(features).fill(0);
  for (const feature of usedFeatures(tree)) {
    if (cases.rows === 0) continue;
    const values = cases.getColumn(feature);
    let increase = 0;
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      cases.setColumn(feature, random.shuffle(values));
      increase += meanSquaredError(predict(), truth) - error;
    }
    cases.setColumn(feature, values);
    importance[feature] = increase / REPEATS;
  }
  return {
    importance,
    outOfBag: outOfBag.map((row, index) => ({ row, predicted: predicted[index] ?? Number.NaN })),
  };
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

function meanSquaredError(predicted: readonly number[], truth: readonly number[]): number {
  return truth.reduce((sum, value, index) => sum + (value - (predicted[index] ?? 0)) ** 2, 0) / truth.length;
}
