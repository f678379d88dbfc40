import { finishSteps, type ShardJobs, sweepArguments } from "./shard-jobs.js";

/**
 * A Snakefile with a rule for the shards and one for what follows on them. It works in the folder of all that is
 * written, where an empty file says of each shard and of the end that it is done: Snakemake removes the outputs of what
 * fails, so the dataset itself is none.
 *
 * `machine` is a resource for runs on this machine: `--resources machine=1` measures one shard at a time.
 *
 * Source: Snakemake 7, documentation of rules and resources; `:q` quotes for the shell
 */
export function snakefile(jobs: ShardJobs): string {
  const { name, shards, folder, resources, exclusive, timeLimitMin } = jobs;
  const { cores, gpus, memoryMib } = resources;
  const { merged, merge, after } = finishSteps(jobs);
  return [
    `# ${name}: ${shards} shards of a design, then one dataset, its fit and its report`,
    `SHARDS = ${shards}`,
    `SWEEP = ${list(sweepArguments(jobs))}`,
    `MERGED = ${python(merged)}`,
    `MERGE = ${list(merge)}`,
    ...after.map((step, index) => `STEP_${index + 1} = ${list(step)}`),
    "",
    `workdir: ${python(folder)}`,
    "",
    "wildcard_constraints:",
    '    shard=r"\\d+"',
    "",
    "",
    "rule finish:",
    "    input:",
    '        expand("done/shard-{shard}", shard=range(1, SHARDS + 1)),',
    "    output:",
    '        touch("done/finish"),',
    "    shell:",
    `        "if ! [ -e {MERGED:q} ]; then {MERGE:q}; fi${after.map((_, index) => ` && {STEP_${index + 1}:q}`).join("")}"`,
    "",
    "",
    "rule shard:",
    "    output:",
    '        touch("done/shard-{shard}"),',
    `    threads: ${cores}`,
    "    resources:",
    ...(exclusive ? ["        machine=1,"] : []),
    `        runtime=${timeLimitMin},`,
    ...(memoryMib === undefined ? [] : [`        mem_mb=${memoryMib},`]),
    ...(gpus === 0 ? [] : [`        gpu=${gpus},`]),
    "    shell:",
    '        "{SWEEP:q} {wildcards.shard}/{SHARDS}"',
    "",
  ].join("\n");
}

/** A text as Python reads it: JSON is that, too, but for halves of surrogate pairs, which no path has. */
function python(text: string): string {
  return JSON.stringify(text);
}

function list(words: readonly string[]): string {
  return `[${words.map(python).join(", ")}]`;
}
