import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { groupBy } from "../core/group-by.js";
import { UserError } from "../core/user-error.js";
import { convertHardware } from "../dataset/convert-hardware.js";
import { hasDataPackage } from "../dataset/data-package.js";
import { DatasetWriter } from "../dataset/dataset-writer.js";
import { lockFolder } from "../dataset/folder-lock.js";
import type { PartFormat } from "../dataset/part.js";
import { attemptId, firstAttemptId, lastAttempts } from "../dataset/read-trials.js";
import type { RetriedStatus, TrialRow, TrialStatus } from "../dataset/tables.js";
import { type PlannedTrial, plannedTrials, requireFit } from "../design/cells.js";
import type { Design, DeviceConfiguration } from "../design/design.js";
import { type HardwareMonitor, startHardwareMonitor } from "../hardware/sampling/monitor.js";
import { coresFor } from "../processes/pinning.js";
import { availableMemoryMib } from "./available-memory.js";
import { describeModel, type ModelDescription } from "./describe-model.js";
import { listImages, writeDummyImages } from "./images.js";
import { MemoryFrontier } from "./memory-frontier.js";
import { ensureModelFile } from "./model-file.js";
import { observeTrial, unavailableFeatures } from "./observe-trial.js";
import { hostHash } from "./provenance.js";
import { requireProvider } from "./session.js";
import { provenanceOf } from "./sweep-provenance.js";
import { type RunIdentity, skippedRecord, trialRecord } from "./trial-record.js";

/** What a sweep tells while it runs. */
export type SweepEvent =
  | { readonly kind: "started"; readonly total: number; readonly alreadyDone: number; readonly droppedLines: number }
  | { readonly kind: "trial_started"; readonly planned: PlannedTrial }
  | { readonly kind: "trial_ended"; readonly planned: PlannedTrial; readonly trial: TrialRow };

/** What a sweep measures, and where to. */
export interface SweepOptions {
  readonly design: Design;
  /** The dataset's folder; one that holds a dataset of the same design is resumed. */
  readonly folder: string;
  /** What the hardware of a finished run is kept as. Default: csv, which is what is appended to. */
  readonly format?: PartFormat;
  /** Default: true. If false, a folder that holds a dataset is refused. */
  readonly resume?: boolean;
  /** How trials ended that are measured once more. Default: none; what is measured is final. */
  readonly retry?: readonly RetriedStatus[];
  /** Called when the sweep has started, and before and after each trial. */
  readonly onEvent?: (event: SweepEvent) => void;
  /** Ends the sweep after discarding the trial that runs; everything finished stays. */
  readonly signal?: AbortSignal;
}

/** How a sweep ended. */
export interface SweepSummary {
  readonly folder: string;
  readonly complete: boolean;
  readonly trials: number;
  readonly byStatus: Readonly<Partial<Record<TrialStatus, number>>>;
}

/**
 * Measures every trial of a design that its dataset does not hold yet. With `retry` also those once more whose last attempt
 * ended so; earlier attempts stay in the dataset, and the last one counts.
 *
 * @throws UserError if design, model, images or folder do not allow it
 */
export async function runSweep({
  design,
  folder,
  format = "csv",
  resume = true,
  retry = [],
  onEvent,
  signal,
}: SweepOptions): Promise<SweepSummary> {
  if (!resume && hasDataPackage(folder)) {
    throw new UserError(`dataset ${folder}: holds a dataset already, allowed with --resume or another folder`);
  }
  for (const device of design.devices) requireDevice(device);
  const modelPath = ensureModelFile(design.model);
  const model = await describeModel(modelPath);
  requireFit(design, model.input);
  mkdirSync(folder, { recursive: true });
  const opened: (() => unknown)[] = [];
  try {
    const lock = lockFolder(folder);
    opened.push(() => lock.release());
    const scratch = mkdtempSync(join(tmpdir(), "batchwise-"));
    opened.push(() => rmSync(scratch, { recursive: true, force: true }));
    const monitor = await startHardwareMonitor({ intervalMs: design.hardware_interval_ms });
    opened.push(() => monitor.close());
    const imagePaths = await prepareImages(design, join(scratch, "images"));
    const identity = { runId: randomUUID(), host: hostHash(), model: model.name };
    const provenance = await provenanceOf(folder, design, modelPath, model, identity.runId, monitor);
    const writer = await DatasetWriter.open(folder, provenance);
    const sweep = { design, modelPath, model, imagePaths, identity, monitor, writer, retry, onEvent, signal };
    const close = async (status: "finished" | "interrupted") => {
      const run = provenance.runs.at(-1);
      if (run !== undefined) run.ended_at = new Date().toISOString();
      provenance.unavailable_features = unavailableFeatures(monitor, provenance.unavailable_features);
      await writer.close(status);
    };
    const complete = await measureRemaining(sweep).catch(async (error: unknown) => {
      await close("interrupted").catch(() => undefined); // on a full disk this fails, too: the first error is the one to tell
      throw error;
    });
    await close(complete ? "finished" : "interrupted");
    if (complete && format === "parquet") await convertHardware(folder, format);
    return summaryOf(folder, complete, writer);
  } finally {
    for (const close of opened.toReversed()) await close();
  }
}

/** A single device may have more threads than cores: that is slow, but what was asked. */
function requireDevice({ provider, threads, concurrent }: DeviceConfiguration): void {
  requireProvider(provider);
  if (provider === "cpu" && concurrent > 1) coresFor(new Array(concurrent).fill(threads));
}

interface Sweep {
  readonly design: Design;
  readonly modelPath: string;
  readonly model: ModelDescription;
  readonly imagePaths: ReadonlyMap<number, readonly string[]>;
  readonly identity: RunIdentity;
  readonly monitor: HardwareMonitor;
  readonly writer: DatasetWriter;
  readonly retry: readonly RetriedStatus[];
  readonly onEvent: SweepOptions["onEvent"];
  readonly signal: SweepOptions["signal"];
}

/** @returns whether every trial of the design is in the dataset now */
async function measureRemaining(sweep: Sweep): Promise<boolean> {
  const { design, identity, writer, retry, onEvent, signal } = sweep;
  const planned = plannedTrials(design);
  const remaining = remainingTrials(planned, writer.trials, retry);
  const exceeded = new MemoryFrontier(lastAttempts(writer.trials));
  onEvent?.({
    kind: "started",
    total: planned.length,
    alreadyDone: planned.length - remaining.length,
    droppedLines: writer.droppedLines,
  });
  for (const next of remaining) {
    if (signal?.aborted) return false;
    onEvent?.({ kind: "trial_started", planned: next });
    const startedAt = new Date().toISOString();
    const reason = exceeded.reasonToSkip(next);
    const record =
      reason === undefined
        ? await measureTrial(sweep, next, startedAt)
        : skippedRecord(identity, next, startedAt, reason);
    if (record === undefined) return false;
    writer.append(record);
    exceeded.add(record.trial);
    onEvent?.({ kind: "trial_ended", planned: next, trial: record.trial });
  }
  return true;
}

/** The trials that are not in a dataset, and another attempt at those whose last one ended in a way to retry. */
function remainingTrials(
  planned: readonly PlannedTrial[],
  rows: readonly TrialRow[],
  retry: readonly RetriedStatus[],
): PlannedTrial[] {
  const attempts = groupBy(rows, firstAttemptId);
  return planned.flatMap((trial) => {
    const own = attempts.get(trial.trialId) ?? [];
    const isRetried = retry.some((status) => status === own.at(-1)?.status);
    if (own.length > 0 && !isRetried) return [];
    return [{ ...trial, trialId: attemptId(trial.trialId, own.length + 1) }];
  });
}

/** @returns undefined if the sweep was told to stop while the trial ran */
async function measureTrial(sweep: Sweep, planned: PlannedTrial, startedAt: string) {
  const { design, modelPath, model, imagePaths, identity, monitor, signal } = sweep;
  const { inputSizePx, miniBatchSize, device } = planned.cell;
  const spec = {
    modelPath,
    input: model.input,
    ...device,
    inputSizePx,
    miniBatchSize,
    imagePaths: imagePaths.get(inputSizePx) ?? [],
    stopping: design.stopping,
    idleMs: design.idle_ms,
    memoryLimitMib: design.memory_limit_mib ?? availableMemoryMib(device.provider) / device.concurrent,
  };
  try {
    const { outcome, samples, cautions } = await observeTrial(monitor, spec, device, {
      timeoutMs: design.timeout_ms,
      ...(signal && { signal }),
    });
    return trialRecord(identity, { design, planned, startedAt, outcome, samples, cautions });
  } catch (error) {
    if (signal?.aborted) return undefined;
    throw error;
  }
}

async function prepareImages(design: Design, scratch: string): Promise<Map<number, readonly string[]>> {
  const paths = new Map<number, readonly string[]>();
  for (const inputSizePx of design.input_sizes_px) {
    const own = design.images === undefined ? undefined : listImages(design.images);
    paths.set(inputSizePx, own ?? (await writeDummyImages(scratch, inputSizePx, design.seed)));
  }
  return paths;
}

function summaryOf(folder: string, complete: boolean, writer: DatasetWriter): SweepSummary {
  const byStatus: Partial<Record<TrialStatus, number>> = {};
  const trials = lastAttempts(writer.trials);
  for (const { status } of trials) byStatus[status] = (byStatus[status] ?? 0) + 1;
  return { folder, complete, trials: trials.length, byStatus };
}
