import { shellWords } from "../core/shell-words.js";
import { finishSteps, type ShardJobs } from "./shard-jobs.js";

/** The lines of bash that merge the shards, check the dataset, fit it and report; a step that fails is the last. */
export function finishLines(jobs: ShardJobs): string[] {
  const { merged, merge, after } = finishSteps(jobs);
  return [
    "set -e",
    `if ! [ -e ${shellWords([merged])} ]; then`,
    `  ${shellWords(merge)}`,
    "fi",
    ...after.map(shellWords),
  ];
}
