import type { SystemDocument } from "../hardware/system/system-document.js";
import type { Provenance } from "./data-package.js";

/** One run of a sweep: when, on which host, and with what. */
export interface Run {
  readonly runId: string;
  /** Undefined where others measured and do not say it. */
  readonly startedAt: string | undefined;
  readonly endedAt: string | undefined;
  /** A hash that tells machines apart; runs of before each had their own have it in the rows of `trials` only. */
  readonly host: string | undefined;
  readonly machine: Readonly<Record<string, unknown>>;
  readonly versions: Readonly<Record<string, string>>;
  /** Variables of the environment that can change a measurement. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether the machine was fit for measuring when the run began; runs of before it was checked do not say. */
  readonly system: SystemDocument | undefined;
  /** The run of another dataset whose trials were measured in turns with its own (`sweep --against`). */
  readonly pairedWith: string | undefined;
}

/** The runs of a dataset in their order. Those that do not say so themselves had the dataset's machine and versions. */
export function runsOf({ runs, machine, versions }: Pick<Provenance, "runs" | "machine" | "versions">): Run[] {
  return runs.map((run) => ({
    runId: run.run_id,
    startedAt: run.started_at,
    endedAt: run.ended_at,
    host: run.host,
    machine: run.machine ?? machine,
    versions: run.versions ?? versions,
    environment: run.environment ?? {},
    system: run.system,
    pairedWith: run.paired_with,
  }));
}
