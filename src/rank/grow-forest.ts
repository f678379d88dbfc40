import { Worker } from "node:worker_threads";
import { UserError } from "../core/user-error.js";
import { usableThreads } from "../hardware/kernel/own-limits.js";
import type { ForestData, TreeEvidence } from "./bagged-tree.js";
import type { ForestTask } from "./forest-process.js";

export interface ForestOptions {
  readonly trees: number;
  readonly seed: number;
  /** How many features a tree may use, or which share of them below 1. Default: all. */
  readonly maxFeatures?: number | undefined;
  /** Worker threads; default: one per processor. The result does not depend on it. */
  readonly workers?: number;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Grows the trees of a random forest in worker threads.
 *
 * @returns the evidence of each tree, in the order of their numbers: the same data, trees and seed give the same forest
 * @throws UserError if there are not so many features
 * @throws Error if a worker fails
 */
export async function growForest(data: ForestData, options: ForestOptions): Promise<TreeEvidence[]> {
  const { trees, seed, workers = usableThreads(), onProgress } = options;
  const maxFeatures = featuresOfTree(options.maxFeatures, data.rows[0]?.length ?? 0);
  const evidence = new Map<number, TreeEvidence>();
  const threads = Math.min(workers, trees);
  await Promise.all(
    Array.from({ length: threads }, (_, thread) => {
      const treesOfThread = Array.from({ length: trees }, (_, tree) => tree).filter(
        (tree) => tree % threads === thread,
      );
      return growInWorker({ data, trees: treesOfThread, seed, maxFeatures }, (tree, grown) => {
        evidence.set(tree, grown);
        onProgress?.(evidence.size, trees);
      });
    }),
  );
  return [...evidence].sort(([a], [b]) => a - b).map(([, grown]) => grown);
}

function featuresOfTree(maxFeatures: number | undefined, features: number): number {
  if (maxFeatures === undefined) return features;
  if (maxFeatures > 0 && maxFeatures < 1) return Math.max(1, Math.floor(maxFeatures * features));
  if (Number.isInteger(maxFeatures) && maxFeatures >= 1 && maxFeatures <= features) return maxFeatures;
  throw new UserError(`maxFeatures ${maxFeatures}: allowed are 1 to ${features}, or a share between 0 and 1`);
}

function growInWorker(task: ForestTask, onTree: (tree: number, evidence: TreeEvidence) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./forest-process.js", import.meta.url), { workerData: task });
    worker.on("message", ({ tree, evidence }: { tree: number; evidence: TreeEvidence }) => onTree(tree, evidence));
    worker.on("error", reject);
    worker.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`forest worker ended with code ${code}`))));
  });
}
