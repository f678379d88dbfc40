import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../core/user-error.js";
import { convertHardware } from "../dataset/convert-hardware.js";
import { hasDataPackage } from "../dataset/data-package.js";
import { DatasetWriter } from "../dataset/dataset-writer.js";
import { lockFolder } from "../dataset/folder-lock.js";
import type { PartFormat } from "../dataset/part.js";
import { lastAttempts } from "../dataset/read-trials.js";
import type { RetriedStatus, TrialStatus } from "../dataset/tables.js";
import { requireFit } from "../design/cells.js";
import type { Design, DeviceConfiguration } from "../design/design.js";
import { startHardwareMonitor } from "../hardware/sampling/monitor.js";
import { beginSystemLook, SHORT_PROBES } from "../hardware/system/check-system.js";
import { systemCheckAsJson } from "../hardware/system/system-document.js";
import { coresFor } from "../processes/pinning.js";
import { describeModel } from "./describe-model.js";
import { hostHash } from "./host-hash.js";
import { listImages, writeDummyImages } from "./images.js";
import { measureRemaining } from "./measure-remaining.js";
import { ensureModelFile } from "./model-file.js";
import { unavailableFeatures } from "./observe-trial.js";
import { requireProvider } from "./session.js";
import type { SweepEvent } from "./sweep-event.js";
import { provenanceOf } from "./sweep-provenance.js";

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
  /**
   * How often each cell that ended well is measured once more, in a session of its own: how far sessions are apart only
   * several of them say. Default: 0.
   */
  readonly again?: number;
  /** Called when the machine has been looked at, when the sweep has started, and before and after each trial. */
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
 * Measures every trial of a design that its dataset does not hold yet. With `retry` also those once more whose last
 * attempt ended so; earlier attempts stay in the dataset, and the last one counts.
 *
 * @throws UserError if design, model, images or folder do not allow it
 */
export async function runSweep({
  design,
  folder,
  format = "csv",
  resume = true,
  retry = [],
  again = 0,
  onEvent,
  signal,
}: SweepOptions): Promise<SweepSummary> {
  if (!resume && hasDataPackage(folder)) {
    throw new UserError(`dataset ${folder}: holds a dataset already, allowed with --resume or another folder`);
  }
  if (again > 0 && !hasDataPackage(folder)) {
    throw new UserError(`dataset ${folder}: holds nothing to measure again, allowed after a first sweep`);
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
    const look = beginSystemLook(); // it ends when all is prepared, so that it takes hardly any time of its own
    const scratch = mkdtempSync(join(tmpdir(), "batchwise-"));
    opened.push(() => rmSync(scratch, { recursive: true, force: true }));
    const monitor = await startHardwareMonitor({ intervalMs: design.hardware_interval_ms });
    opened.push(() => monitor.close());
    const imagePaths = await prepareImages(design, join(scratch, "images"));
    const identity = { runId: randomUUID(), host: hostHash(), model: model.name };
    const provenance = await provenanceOf(folder, design, modelPath, model, identity.runId, monitor);
    const run = provenance.runs.at(-1);
    const check = look.end(SHORT_PROBES);
    if (run !== undefined) run.system = systemCheckAsJson(check);
    onEvent?.({ kind: "system_checked", check });
    const writer = await DatasetWriter.open(folder, provenance);
    const sweep = { design, modelPath, model, imagePaths, identity, monitor, writer, retry, again, onEvent, signal };
    const close = async (status: "finished" | "interrupted") => {
      if (run !== undefined) run.ended_at = new Date().toISOString();
      provenance.unavailable_features = unavailableFeatures(monitor, provenance.unavailable_features);
      await writer.close(status);
    };
    const complete = await measureRemaining(sweep).catch(async (error: unknown) => {
      // On a full disk this fails, too: the first error is the one to tell.
      await close("interrupted").catch(() => undefined);
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

async function prepareImages(design: Design, scratch: string): Promise<Map<number, readonly string[]>> {
  const paths = new Map<number, readonly string[]>();
  for (const inputSizePx of design.input_sizes_px) {
    const usersImages = design.images === undefined ? undefined : listImages(design.images);
    paths.set(inputSizePx, usersImages ?? (await writeDummyImages(scratch, inputSizePx, design.seed)));
  }
  return paths;
}

function summaryOf(folder: string, complete: boolean, writer: DatasetWriter): SweepSummary {
  const byStatus: Partial<Record<TrialStatus, number>> = {};
  const trials = lastAttempts(writer.trials);
  for (const { status } of trials) byStatus[status] = (byStatus[status] ?? 0) + 1;
  return { folder, complete, trials: trials.length, byStatus };
}
