import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { makeFolder, removeEmptyFolders, requireWritable } from "../core/make-folder.js";
import { makeScratchFolder } from "../core/scratch-folder.js";
import { UserError } from "../core/user-error.js";
import { convertHardware } from "../dataset/convert-hardware.js";
import { hasDataPackage, shardsIn } from "../dataset/data-package.js";
import { DatasetWriter } from "../dataset/dataset-writer.js";
import { lockFolder } from "../dataset/folder-lock.js";
import type { PartFormat } from "../dataset/part.js";
import { lastAttempts } from "../dataset/read-trials.js";
import type { RetriedStatus, TrialStatus } from "../dataset/tables.js";
import { requireFit } from "../design/cells.js";
import { type Design, type DeviceConfiguration, inputChoicesOf } from "../design/design.js";
import { type Shard, shardName } from "../design/shard.js";
import { shareOf, wholeShare } from "../design/share.js";
import { cpuQuotaCores } from "../hardware/kernel/own-limits.js";
import { type HardwareMonitor, startHardwareMonitor } from "../hardware/sampling/monitor.js";
import { beginSystemLook, SHORT_PROBES, type SystemCheck } from "../hardware/system/check-system.js";
import { systemCheckAsJson } from "../hardware/system/system-document.js";
import { withoutNames } from "../hardware/system/without-names.js";
import { imageShape } from "../model/model-input.js";
import { coresFor } from "../processes/pinning.js";
import { describeModel, type ModelDescription } from "./describe-model.js";
import { hostHash } from "./host-hash.js";
import { writeDummyImages } from "./images.js";
import { listImages, requireImages } from "./list-images.js";
import type { OpenSweep } from "./measure-remaining.js";
import { ensureModelFile } from "./model-file.js";
import { unavailableFeatures } from "./observe-trial.js";
import { Pulse } from "./pulse.js";
import { requireProvider } from "./runtime.js";
import type { SweepEvent } from "./sweep-event.js";
import { provenanceOf } from "./sweep-provenance.js";
import type { TrialChooser } from "./trial-chooser.js";
import { openWallClock, type WallClock } from "./wall-clock.js";

/** What a sweep measures, and where to. */
export interface SweepOptions {
  readonly design: Design;
  /** The dataset's folder; one that holds a dataset of the same design is resumed. */
  readonly folder: string;
  /** The part of the design to measure, with part files of its own in the folder. Default: all of it. */
  readonly shard?: Shard;
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
  /** Whether the dataset says names and ids of processes that ran beside the sweep. Default: false. */
  readonly processNames?: boolean;
  /** Chooses the trials in place of the design, until it knows enough. */
  readonly chooser?: TrialChooser;
  /** Called when the machine has been looked at, when the sweep has started, and before and after each trial. */
  readonly onEvent?: (event: SweepEvent) => void;
  /** Ends the sweep after discarding the trial that runs; everything finished stays. */
  readonly signal?: AbortSignal;
}

/** How a sweep ended. */
export interface SweepSummary {
  readonly folder: string;
  /** The part of the design that was measured, where that was not all of it. */
  readonly shard?: Shard;
  readonly complete: boolean;
  readonly trials: number;
  readonly byStatus: Readonly<Partial<Record<TrialStatus, number>>>;
}

/** A design and the folder of its dataset. */
export type SweepTarget = Pick<SweepOptions, "design" | "folder" | "shard">;

/** As many of one thing as there are targets. */
type Each<Targets extends readonly unknown[], Thing> = { readonly [Place in keyof Targets]: Thing };

/**
 * Opens the datasets of all targets with one set of instruments, measures, and closes them as they then are.
 *
 * @param measure returns whether everything is measured
 */
export async function sweepAll<const Targets extends readonly SweepTarget[]>(
  targets: Targets,
  options: Omit<SweepOptions, keyof SweepTarget>,
  measure: (sweeps: Each<Targets, OpenSweep>) => Promise<boolean>,
): Promise<Each<Targets, SweepSummary>> {
  const { format = "csv", resume = true, onEvent } = options;
  const prepared: PreparedTarget[] = [];
  for (const { folder, shard } of targets) {
    // Another shard may just have found the folder there: it is never removed again.
    if (shard === undefined) requireWritable(folder, "dataset");
    else makeFolder(folder, "dataset");
  }
  for (const target of targets) prepared.push(await prepareTarget(target, resume));
  const opened: (() => unknown)[] = [];
  try {
    for (const { folder, shard } of prepared) {
      const made = makeFolder(folder, "dataset");
      opened.push(() => removeEmptyFolders(made)); // where nothing came of it
      const lock = lockFolder(folder, shard?.index);
      opened.push(() => lock.release());
    }
    const look = beginSystemLook(); // it ends when images are made, so that it takes hardly any time of its own
    const scratch = makeScratchFolder();
    opened.push(scratch.remove);
    const intervalMs = Math.min(...prepared.map(({ design }) => design.hardware_interval_ms));
    const monitor = await startHardwareMonitor({ intervalMs });
    opened.push(() => monitor.close());
    const clock = openWallClock();
    const pulse = new Pulse((detail) => onEvent?.({ kind: "pulse_failed", detail }));
    opened.push(() => pulse.close());
    const ready: ReadyTarget[] = [];
    for (const target of prepared) {
      ready.push({ ...target, imagePaths: await prepareImages(target, join(scratch.path, target.runId)) });
    }
    const check = look.end(SHORT_PROBES);
    onEvent?.({ kind: "system_checked", check });
    const sweeps: OwnedSweep[] = [];
    const closeAll = async (status: "finished" | "interrupted") => {
      for (const { close } of sweeps) await close(status);
    };
    let complete: boolean;
    try {
      for (const target of ready) {
        const partner = ready.find((other) => other !== target);
        sweeps.push(await openSweep(target, { monitor, pulse, clock, check, partner }, options));
      }
      complete = await measure(sweeps as unknown as Each<Targets, OpenSweep>);
    } catch (error) {
      // On a full disk this fails, too: the first error is the one to tell.
      await closeAll("interrupted").catch(() => undefined);
      throw error;
    }
    await closeAll(complete ? "finished" : "interrupted");
    if (complete && format === "parquet") for (const { folder } of prepared) await convertHardware(folder, format);
    const summaries = sweeps.map(({ folder, shard, writer }) => ({
      folder,
      ...(shard !== undefined && { shard }),
      complete,
      ...countsOf(writer),
    }));
    return summaries as unknown as Each<Targets, SweepSummary>;
  } finally {
    for (const close of opened.toReversed()) await close();
  }
}

/** A target of which is known that it can be measured, and the name of the run that will do so. */
interface PreparedTarget extends SweepTarget {
  readonly modelPath: string;
  readonly model: ModelDescription;
  readonly runId: string;
}

async function prepareTarget(target: SweepTarget, resume: boolean): Promise<PreparedTarget> {
  const { design, folder, shard } = target;
  if (!resume && hasDataPackage(folder, shard)) {
    throw new UserError(`dataset ${folder}: holds a dataset already, allowed with --resume or another folder`);
  }
  requireRoom(folder, shard);
  for (const device of design.devices) requireDevice(device);
  const modelPath = ensureModelFile(design.model);
  const model = await describeModel(modelPath, inputChoicesOf(design));
  requireFit(design, model.input);
  if (design.images !== undefined) await requireImages(design.images);
  return { ...target, modelPath, model, runId: randomUUID() };
}

/** @throws UserError where a folder holds what is no part of the same whole */
function requireRoom(folder: string, shard: Shard | undefined): void {
  const [other] = shardsIn(folder).filter(({ of }) => of !== shard?.of);
  if (other !== undefined) {
    const asked = shard === undefined ? "all of the design" : `shard ${shardName(shard)}`;
    throw new UserError(`dataset ${folder}: holds shard ${shardName(other)}, choose another folder for ${asked}`);
  }
  if (shard !== undefined && hasDataPackage(folder)) {
    throw new UserError(
      `dataset ${folder}: holds a whole dataset, choose another folder for shard ${shardName(shard)}`,
    );
  }
}

/** A target with the images that its mini-batches are made of, by input size. */
interface ReadyTarget extends PreparedTarget {
  readonly imagePaths: ReadonlyMap<number, readonly string[]>;
}

/** A sweep whose dataset is open until it is closed. */
interface OwnedSweep extends OpenSweep {
  readonly shard?: Shard;
  close(status: "finished" | "interrupted"): Promise<void>;
}

/** What the targets of a sweep share. */
interface Instruments {
  readonly monitor: HardwareMonitor;
  readonly pulse: Pulse;
  readonly clock: WallClock;
  readonly check: SystemCheck;
  /** The other target of a paired sweep. */
  readonly partner: PreparedTarget | undefined;
}

async function openSweep(
  { design, folder, shard, modelPath, model, runId, imagePaths }: ReadyTarget,
  { monitor, pulse, clock, check, partner }: Instruments,
  { retry = [], again = 0, processNames = false, onEvent, signal }: Omit<SweepOptions, keyof SweepTarget>,
): Promise<OwnedSweep> {
  const provenance = await provenanceOf(folder, design, modelPath, model, runId, monitor, shard);
  const run = provenance.runs.at(-1);
  if (run !== undefined) {
    run.system = systemCheckAsJson(processNames ? check : withoutNames(check));
    if (partner !== undefined) run.paired_with = partner.runId;
  }
  const writer = await DatasetWriter.open(folder, provenance);
  const identity = { runId, host: hostHash(), model: provenance.model.name }; // its file may have another one by now
  return {
    ...{ design, folder, modelPath, model, imagePaths, identity },
    share: shard === undefined ? wholeShare(design) : shareOf(design, shard),
    ...(shard !== undefined && { shard }),
    ...{ monitor, pulse: design.pulse ? pulse : undefined, writer, clock, retry, again, onEvent, signal },
    async close(status) {
      if (run !== undefined) run.ended_at = new Date().toISOString();
      if (run !== undefined && shard !== undefined) run.finished = status === "finished";
      provenance.unavailable_features = unavailableFeatures(monitor, provenance.unavailable_features);
      await writer.close(status);
    },
  };
}

/** A single device may have more threads than cores: that is slow, but what was asked. */
function requireDevice({ provider, threads, concurrent }: DeviceConfiguration): void {
  requireProvider(provider);
  if (provider === "cpu" && concurrent > 1) coresFor(new Array(concurrent).fill(threads), cpuQuotaCores());
}

async function prepareImages(
  { design, model }: PreparedTarget,
  scratch: string,
): Promise<Map<number, readonly string[]>> {
  const paths = new Map<number, readonly string[]>();
  for (const inputSizePx of design.input_sizes_px) {
    const usersImages = design.images === undefined ? undefined : listImages(design.images);
    const shape = imageShape(model.input, inputSizePx);
    paths.set(inputSizePx, usersImages ?? (await writeDummyImages(scratch, inputSizePx, design.seed, shape)));
  }
  return paths;
}

function countsOf(writer: DatasetWriter): Pick<SweepSummary, "trials" | "byStatus"> {
  const byStatus: Partial<Record<TrialStatus, number>> = {};
  const trials = lastAttempts(writer.trials);
  for (const { status } of trials) byStatus[status] = (byStatus[status] ?? 0) + 1;
  return { trials: trials.length, byStatus };
}
