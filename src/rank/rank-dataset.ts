import { UserError } from "../core/user-error.js";
import { readDataPackage } from "../dataset/data-package.js";
import { readTrialFeatures, type TrialFeatureColumn, type TrialFeatures } from "../dataset/read-trial-features.js";
import { readTrials } from "../dataset/read-trials.js";
import { runsOf } from "../dataset/runs.js";
import type { TrialRow } from "../dataset/tables.js";
import { deviceName } from "../design/design.js";
import { type SessionLevel, sessionLevels } from "../fit/session-levels.js";
import { type Agreement, compareRankings } from "./compare-rankings.js";
import { type DropReason, type FeatureColumn, type FeatureMatrix, featureMatrix } from "./feature-matrix.js";
import { type FourParameterModel, fourParameterModel } from "./four-parameter-model.js";
import { growForest } from "./grow-forest.js";
import { type Ranking, rankFeatures } from "./rank-features.js";
import { secondForest } from "./second-forest.js";

/** `explain` ranks every feature, as the study did; `predict` only those known before the first inference. */
export type Question = "explain" | "predict";

/** Which question a ranking answers, of which trials, with which forest. */
export interface RankOptions {
  readonly question: Question;
  /** The name of the only device whose trials count. Default: the trials of all devices together. */
  readonly device?: string;
  /** Trees of the forest. Default: 100. */
  readonly trees?: number;
  readonly seed?: number;
  /** Called after each tree. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What is ranked of a dataset. */
export interface RankSource {
  /** The trials that count. */
  trials(): readonly TrialRow[];
  /** The hardware features of all trials. */
  features(): Promise<TrialFeatures>;
}

/** What drives the warm-up time of a dataset. */
export interface DatasetRanking {
  readonly question: Question;
  /** The names of the devices whose trials count. */
  readonly devices: readonly string[];
  /** The hosts and runtime versions that they were measured with, the one with most trials first. */
  readonly sessions: readonly SessionLevel[];
  readonly matrix: FeatureMatrix;
  readonly ranking: Ranking;
  /** How far the second forest (Yggdrasil) agrees. */
  readonly agreement: Agreement;
  /** The trial of each row: all that ended well. */
  readonly trials: readonly TrialRow[];
  /** The cell of each row. */
  readonly clusters: readonly number[];
  /** The linear model of the four best, where the question is `predict`. */
  readonly fourParameters: FourParameterModel | undefined;
}

const DEFAULT_TREES = 100;
/** Fewer rows say nothing of hundreds of features. */
const LEAST_TRIALS = 20;

/**
 * Ranks what drives the logarithm of warm-up time over all trials of a dataset that ended well. The logarithm makes a
 * relative error count the same in small and in large cells.
 *
 * @param source what was read of the dataset already. Default: it is read
 * @throws UserError if the dataset has too few such trials or no hardware
 */
export async function rankDataset(
  folder: string,
  { question, device, trees = DEFAULT_TREES, seed = 1, onProgress }: RankOptions,
  source: RankSource = { trials: () => readTrials(folder), features: () => readTrialFeatures(folder) },
): Promise<DatasetRanking> {
  const all = source.trials();
  const names = [...new Set(all.map(deviceName))];
  if (device !== undefined && !names.includes(device)) {
    throw new UserError(`ranking of ${folder}: it has no device ${device}, allowed are ${names.join(", ")}`);
  }
  const trials = all.filter(
    (trial) =>
      trial.status === "ok" &&
      trial.firstInferenceMs !== undefined &&
      (device === undefined || deviceName(trial) === device),
  );
  if (trials.length < LEAST_TRIALS) {
    const of = device === undefined ? "" : ` of ${device}`;
    throw new UserError(`ranking of ${folder}: ${trials.length} trials${of} ended well, required are ${LEAST_TRIALS}`);
  }
  const features = await source.features();
  const asked = ({ knownBefore }: { readonly knownBefore: boolean }) => question === "explain" || knownBefore;
  const { dropped, ...matrix } = featureMatrix(featureColumns(trials, features).filter(asked));
  const excluded = features.columns.filter(asked).flatMap((column) => {
    const reason = reasonToExclude(column);
    return reason === undefined ? [] : [{ name: column.name, reason }];
  });
  const warmupMs = trials.map(({ firstInferenceMs }) => firstInferenceMs ?? Number.NaN);
  const clusters = cellNumbers(trials);
  const data = { rows: matrix.rows, target: warmupMs.map(Math.log), clusters };
  const evidence = await growForest(data, { trees, seed, ...(onProgress && { onProgress }) });
  const ranking = rankFeatures(matrix.groups, evidence, data.target, seed);
  const importance = new Map(ranking.features.map((feature) => [feature.group.name, feature.importance]));
  const groups = matrix.groups.map(({ name }) => name);
  return {
    question,
    devices: [...new Set(trials.map(deviceName))],
    sessions: sessionLevels(trials, runsOf(readDataPackage(folder).provenance)),
    matrix: { ...matrix, dropped: [...excluded, ...dropped] },
    ranking,
    agreement: compareRankings(
      groups,
      groups.map((name) => importance.get(name) ?? 0),
      await secondForest(data),
    ),
    trials,
    clusters,
    fourParameters: question === "predict" ? fourParameterModel(matrix, ranking, warmupMs, clusters) : undefined,
  };
}

/** Shape first, so that it represents what is proportional to it; then what is known beforehand; then the rest. */
function featureColumns(trials: readonly TrialRow[], features: TrialFeatures): FeatureColumn[] {
  const rowOf = new Map(features.trialIds.map((trialId, row) => [trialId, row]));
  const known = (name: string, value: (trial: TrialRow) => number | undefined): FeatureColumn => ({
    name,
    knownBefore: true,
    values: trials.map(value),
  });
  const sampled = features.columns
    .map((column, index) => ({ column, index }))
    .filter(({ column }) => reasonToExclude(column) === undefined)
    .map(({ column: { name, knownBefore, feature }, index }) => ({
      name,
      knownBefore,
      order: feature.scope === "model" ? 0 : knownBefore ? 1 : 2,
      values: trials.map(({ trialId }) => features.values[rowOf.get(trialId) ?? -1]?.[index]),
    }));
  return [
    ...sampled.filter(({ order }) => order === 0),
    known("trial/threads", ({ threads }) => threads),
    known("trial/concurrent", ({ concurrent }) => concurrent),
    known("trial/load_ms", ({ loadMs }) => loadMs),
    ...sampled.filter(({ order }) => order === 1),
    ...sampled.filter(({ order }) => order === 2),
  ];
}

/** What counts time in disguise: the timer ticks while an inference runs, and it is most of all interrupts. */
const CLOCKS = /^(interrupts\/timer|cpu\/interrupts|cpu\/softirq_timer)/;
const TIME_UNITS = ["s", "ms", "us", "ns"];

/**
 * Columns that can't explain a time, because they are that time in other words: what counts time over the first
 * inference; how a rate over it differs from the one before, which is its reciprocal; what a counter has reached
 * afterwards, since it has counted the first inference, too; and the monitor's own work.
 */
function reasonToExclude({ name, feature, statistic }: TrialFeatureColumn): DropReason | undefined {
  if (name.startsWith("monitor/")) return "of the monitor itself";
  if (statistic === "first_change") {
    if (feature.kind === "rate") return "change of a rate";
    const countsTime = feature.kind === "counter" && TIME_UNITS.includes(feature.unit);
    return countsTime || CLOCKS.test(name) ? "counts the time itself" : undefined;
  }
  // Before the first inference a counter of the process tells of its loading, one of the machine of its uptime.
  const ofLoading = statistic === "before" && feature.scope !== "machine";
  return feature.kind === "counter" && !ofLoading ? "level of a counter" : undefined;
}

function cellNumbers(trials: readonly TrialRow[]): number[] {
  const numbers = new Map<string, number>();
  return trials.map((trial) => {
    const cell = `${deviceName(trial)} ${trial.inputSizePx} ${trial.miniBatchSize}`;
    const number = numbers.get(cell) ?? numbers.size;
    numbers.set(cell, number);
    return number;
  });
}
