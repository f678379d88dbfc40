import { join } from "node:path";
import { UserError } from "../core/user-error.js";
import type { Design } from "../design/design.js";
import { MOST_SHARDS } from "../design/shard.js";
import { type ShardResources, shardResources } from "./shard-resources.js";
import { shardTimeLimitMin } from "./shard-time-limit.js";

/** A shard that fails otherwise than by wrong input is begun again so often. */
export const MOST_RETRIES = 3;

/** The shards of a design, and what follows on them, as jobs of an engine. */
export interface ShardJobs {
  /** For people, of a-z, 0-9 and dashes. */
  readonly name: string;
  readonly shards: number;
  /** How many run at the same time at most; undefined for as many as there is room for. */
  readonly parallelism: number | undefined;
  /** What starts Batchwise where the jobs run: a program and its first arguments. */
  readonly program: readonly string[];
  /** The design's file and the folder of all that is written, as the jobs see them. */
  readonly design: string;
  readonly folder: string;
  readonly resources: ShardResources;
  /** Whether nothing else runs on a machine while it measures a shard, as far as the engine can see to it. */
  readonly exclusive: boolean;
  /** The longest that a shard may run, in minutes. */
  readonly timeLimitMin: number;
}

/** What a user says of the jobs of a design. */
export interface ShardJobsAsked extends Pick<ShardJobs, "shards" | "parallelism" | "program" | "exclusive"> {
  /** Paths where the jobs run. */
  readonly designPath: string;
  readonly folder: string;
  /** In place of the limit from the design's estimate. */
  readonly timeLimitMs?: number | undefined;
}

/**
 * The jobs of a design: what they need and how long they may take follows from it.
 *
 * @throws UserError if there are too many shards
 */
export function shardJobs(design: Design, asked: ShardJobsAsked): ShardJobs {
  const { shards, parallelism, program, exclusive, designPath, folder, timeLimitMs } = asked;
  if (shards > MOST_SHARDS) throw new UserError(`shards ${shards}: allowed are ${MOST_SHARDS} at most`);
  return {
    name: `batchwise-${design.name}`,
    shards,
    parallelism,
    program,
    design: designPath,
    folder,
    resources: shardResources(design),
    exclusive,
    timeLimitMin: timeLimitMs === undefined ? shardTimeLimitMin(design, shards) : Math.ceil(timeLimitMs / 60_000),
  };
}

/** The folder in which the shards write their files. */
export function shardsFolder({ folder }: Pick<ShardJobs, "folder">): string {
  return join(folder, "shards");
}

/** The folder of the merged dataset. */
export function mergedFolder({ folder }: Pick<ShardJobs, "folder">): string {
  return join(folder, "whole");
}

/** The folder of what the jobs print. */
export function logsFolder({ folder }: Pick<ShardJobs, "folder">): string {
  return join(folder, "logs");
}

/** The arguments that measure a shard, but for `i/n`, which follows them. */
export function sweepArguments(jobs: ShardJobs): string[] {
  return [...jobs.program, "sweep", "--design", jobs.design, "--out", shardsFolder(jobs), "--shard"];
}

/** What follows on the shards, in this order. */
export interface FinishSteps {
  /** The file that is there once they are merged; then the first step is left out. */
  readonly merged: string;
  readonly merge: readonly string[];
  readonly after: readonly (readonly string[])[];
}

/** The steps that merge the shards, check the dataset, fit it and report. */
export function finishSteps(jobs: ShardJobs): FinishSteps {
  const merged = mergedFolder(jobs);
  const step = (...args: readonly string[]) => [...jobs.program, ...args];
  return {
    merged: join(merged, "datapackage.json"),
    merge: step("dataset", "merge", shardsFolder(jobs), "--out", merged),
    after: [step("dataset", "check", merged), step("fit", merged), step("report", merged)],
  };
}
