import { anchorTrials } from "../design/anchors.js";
import { mostProbes } from "../design/bisection.js";
import { cellsOf } from "../design/cells.js";
import type { Design } from "../design/design.js";
import { estimateSweepMs, estimateTrialMs } from "../design/estimate.js";

/** The estimate is right within a factor of three on a CPU. */
const MARGIN = 3;
/** For starting, a model's file and a slow file system. */
const START_MIN = 10;

/**
 * The longest that a shard of a design may run, in whole minutes: three times its share of the estimated time, with all
 * trials that may be added and its anchors, and ten minutes. A shard that is ended nevertheless goes on when it is
 * begun again.
 */
export function shardTimeLimitMin(design: Design, shards: number): number {
  const trials = design.max_trials ?? design.trials;
  const longestMs = Math.max(0, ...cellsOf(design).map((cell) => estimateTrialMs(design, cell)));
  const allMs = estimateSweepMs({ ...design, trials }) + mostProbes(design) * longestMs;
  const anchorsMs = anchorTrials(design, { index: 1, of: shards })
    .flat()
    .reduce((sum, { cell }) => sum + estimateTrialMs(design, cell), 0);
  // Shards get whole trials: up to one, the longest, more than their share.
  return START_MIN + Math.ceil((MARGIN * (allMs / shards + longestMs + anchorsMs)) / 60_000);
}
