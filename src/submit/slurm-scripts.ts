import { shellWords } from "../core/shell-words.js";
import { finishLines } from "./finish-lines.js";
import { logsFolder, MOST_RETRIES, type ShardJobs, sweepArguments } from "./shard-jobs.js";

/** How long before its time is over a shard is told, in seconds, so that it ends by itself. */
const NOTICE_S = 60;
/** Merging, checking, fitting and the page, in minutes. */
const FINISH_LIMIT_MIN = 120;

/** The two jobs as sbatch takes them. */
export interface SlurmScripts {
  readonly shards: string;
  /** To be submitted with what `afterShards` says of the shards' job. */
  readonly finish: string;
}

/**
 * The array of a design's shards, and the job that merges, checks, fits and reports.
 *
 * A task whose sweep fails, is killed or runs out of time puts itself back into the queue, three times at most, and
 * goes on where it was. Wrong input and `scancel` end it. So the second job, which waits for all tasks to end well, can
 * wait for them: a dependency that has failed once stays failed.
 *
 * Source: Slurm's manual pages of sbatch (22.05) and scontrol
 */
export function slurmScripts(jobs: ShardJobs): SlurmScripts {
  const { name, shards, parallelism, resources, exclusive, timeLimitMin } = jobs;
  const { cores, gpus, memoryMib } = resources;
  const memory = memoryMib ?? (exclusive ? 0 : undefined); // 0: all that the machine has
  const array = [
    `--job-name=${name}`,
    `--array=1-${shards}${parallelism === undefined ? "" : `%${parallelism}`}`,
    `--time=${timeLimitMin}`,
    "--nodes=1",
    "--ntasks=1",
    `--cpus-per-task=${cores}`,
    ...(memory === undefined ? [] : [`--mem=${memory}${memory === 0 ? "" : "M"}`]),
    ...(gpus === 0 ? [] : [`--gres=gpu:${gpus}`]),
    ...(exclusive ? ["--exclusive"] : []),
    "--requeue",
    `--signal=B:USR1@${NOTICE_S}`,
    "--output=/dev/null",
  ];
  const finish = [
    `--job-name=${name}-finish`,
    `--time=${FINISH_LIMIT_MIN}`,
    "--nodes=1",
    "--ntasks=1",
    "--output=/dev/null",
  ];
  return {
    shards: script(array, [
      ...logTo(jobs, '"shard-$SLURM_ARRAY_TASK_ID.log"'),
      "cancelled=",
      "told=yes",
      `trap 'told=yes; kill -s TERM "$!"' USR1`,
      `trap 'told=yes; cancelled=yes; kill -s TERM "$!"' TERM`,
      `${shellWords(sweepArguments(jobs))} "$SLURM_ARRAY_TASK_ID/${shards}" &`,
      "# A signal ends wait with a code of its own; asked again, it gives the sweep's, ended or not.",
      'while [ -n "$told" ]; do',
      "  told=",
      '  wait "$!"',
      "  code=$?",
      "done",
      "# 0: done; 2: wrong arguments or files, which would fail again",
      'if [ "$code" -eq 0 ] || [ "$code" -eq 2 ] || [ -n "$cancelled" ]; then exit "$code"; fi',
      `if [ "\${SLURM_RESTART_COUNT:-0}" -lt ${MOST_RETRIES} ]; then`,
      '  echo "ended with $code, begun again"',
      '  scontrol requeue "$SLURM_JOB_ID"',
      "fi",
      'exit "$code"',
    ]),
    finish: script(finish, [...logTo(jobs, "finish.log"), ...finishLines(jobs)]),
  };
}

/**
 * What sbatch is told of the second job beside its script.
 *
 * @param submitted what `sbatch --parsable` says of the first: a number, and after a semicolon its cluster
 */
export function afterShards(submitted: string): string[] {
  return [`--dependency=afterok:${submitted.replace(/;.*/s, "")}`, "--kill-on-invalid-dep=yes"];
}

/** A script that submits both. */
export function slurmSubmission({ shards, finish }: SlurmScripts): string {
  return [
    "#!/bin/bash",
    "# Submits the shards, and what follows on them: bash FILE",
    "set -euo pipefail",
    "shards=$(sbatch --parsable <<'END_OF_SHARDS' | cut -d';' -f1",
    `${shards}END_OF_SHARDS`,
    ")",
    `sbatch ${afterShards('"$shards"').join(" ")} <<'END_OF_FINISH'`,
    `${finish}END_OF_FINISH`,
    "",
  ].join("\n");
}

function script(options: readonly string[], lines: readonly string[]): string {
  return ["#!/bin/bash", ...options.map((option) => `#SBATCH ${option}`), "", ...lines, ""].join("\n");
}

/** Slurm expands percent signs in names of files that it writes to; bash does not. */
function logTo(jobs: ShardJobs, file: string): string[] {
  return [`logs=${shellWords([logsFolder(jobs)])}`, 'mkdir -p -- "$logs" || exit 1', `exec >>"$logs"/${file} 2>&1`];
}
