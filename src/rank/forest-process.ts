// The entry point of a worker thread that grows trees of one forest and posts each as it is done.
import { parentPort, workerData } from "node:worker_threads";
import { seededRandom } from "../core/seeded-random.js";
import { type ForestData, growBaggedTree } from "./bagged-tree.js";

/** What a worker is given: the data and which trees are its own. */
export interface ForestTask {
  readonly data: ForestData;
  readonly trees: readonly number[];
  readonly seed: number;
  readonly maxFeatures: number;
}

const { data, trees, seed, maxFeatures } = workerData as ForestTask;
for (const tree of trees) {
  parentPort?.postMessage({ tree, evidence: growBaggedTree(data, seededRandom(seed, `tree ${tree}`), maxFeatures) });
}
