import { once } from "../core/once.js";
import { onceForEach } from "../core/once-for-each.js";
import { readPart } from "../dataset/part-file.js";
import { readTrialFeatures } from "../dataset/read-trial-features.js";
import { readTrials } from "../dataset/read-trials.js";
import { pulsesTable, type TrialRow } from "../dataset/tables.js";
import { deviceName } from "../design/design.js";
import type { DeviceFit } from "../fit/device-fit.js";
import { fitDataset } from "../fit/fit-dataset.js";
import { type DatasetRanking, type Question, rankDataset } from "./rank-dataset.js";

/**
 * What is computed from a dataset, each part once, when it is first asked for. It shows the dataset as it was then:
 * after more was measured, make another one.
 */
export interface DatasetAnalysis {
  readonly folder: string;
  /** The trials that count. */
  trials(): readonly TrialRow[];
  /** One for each device configuration. */
  fits(): readonly DeviceFit[];
  /** What drives warm-up, of all devices together or of one. */
  ranking(question: Question, device?: string): Promise<DatasetRanking>;
}

/** What counts of an analysis, and who is told how far it is. */
export interface AnalysisOptions {
  /** The trials that count. Default: all, read from the folder. */
  readonly trials?: readonly TrialRow[];
  /** Told of every tree of a ranking's forest. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Makes the analysis of a dataset that several uses share: its parts throw what `fitDataset` and `rankDataset` throw.
 *
 * @example
 * const analysis = analyseDataset("data/quick");
 * const judged = await judgeClaims(analysis);
 * const { figures } = await figuresOfDataset(analysis); // neither fits nor ranks again
 */
export function analyseDataset(
  folder: string,
  { onProgress, trials: counting }: AnalysisOptions = {},
): DatasetAnalysis {
  const trials = once(() => counting ?? readTrials(folder));
  const features = once(() => readTrialFeatures(folder));
  const pulses = once(() => readPart(folder, pulsesTable));
  const rankings = onceForEach((device: string | undefined) =>
    onceForEach((question: Question) =>
      rankDataset(
        folder,
        { question, ...(device !== undefined && { device }), ...(onProgress && { onProgress }) },
        { trials, features, pulses },
      ),
    ),
  );
  return {
    folder,
    trials,
    fits: once(() => fitDataset(folder, { trials: trials() })),
    ranking: (question, device) => rankings(isOnly(trials(), device) ? undefined : device)(question),
  };
}

/** An analysis as it is, or a new one of a folder. */
export function analysisOf(dataset: string | DatasetAnalysis, options: AnalysisOptions = {}): DatasetAnalysis {
  return typeof dataset === "string" ? analyseDataset(dataset, options) : dataset;
}

/** Whether all trials are of one device: its ranking is then that of all devices. */
function isOnly(trials: readonly TrialRow[], device: string | undefined): boolean {
  return trials.every((trial) => deviceName(trial) === device);
}
