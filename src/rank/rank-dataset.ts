import { readDataPackage } from "../dataset/data-package.js";
import { readPart } from "../dataset/part-file.js";
import { readTrialFeatures, type TrialFeatures } from "../dataset/read-trial-features.js";
import { readTrials } from "../dataset/read-trials.js";
import { runsOf } from "../dataset/runs.js";
import { type PulseRow, pulsesTable, type TrialRow } from "../dataset/tables.js";
import { deviceName } from "../design/design.js";
import { type SessionLevel, sessionLevels } from "../fit/session-levels.js";
import { type Agreement, compareRankings } from "./compare-rankings.js";
import { type FeatureMatrix, featureMatrix } from "./feature-matrix.js";
import { type FourParameterModel, fourParameterModel } from "./four-parameter-model.js";
import { keptForest, keptSecondForest } from "./kept-forest.js";
import { type Ranking, rankFeatures } from "./rank-features.js";
import { cellNumbers, featureColumns, isOfHarness, reasonToExclude, trialsToRank } from "./ranked-trials.js";

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
  /** How many features a tree may use, or which share of them below 1. Default: all. */
  readonly maxFeatures?: number;
  /** Called after each tree. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What is ranked of a dataset. */
export interface RankSource {
  /** The trials that count. */
  trials(): readonly TrialRow[];
  /** The hardware features of all trials. */
  features(): Promise<TrialFeatures>;
  /** How fast the machine was around them. */
  pulses(): readonly PulseRow[];
}

/** A dataset as the source of a ranking, read whenever it is asked. */
export function sourceIn(folder: string): RankSource {
  return {
    trials: () => readTrials(folder),
    features: () => readTrialFeatures(folder),
    pulses: () => readPart(folder, pulsesTable),
  };
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
  /** The columns that the measuring itself brings about: the state of its process before the first inference. */
  readonly ofHarness: ReadonlySet<string>;
  /** The linear model of the four best, where the question is `predict`. */
  readonly fourParameters: FourParameterModel | undefined;
}

const DEFAULT_TREES = 100;

/**
 * Ranks what drives the logarithm of warm-up time over all trials of a dataset that ended well. The logarithm makes a
 * relative error count the same in small and in large cells.
 *
 * @param source what was read of the dataset already. Default: it is read
 * @throws UserError if the dataset has too few such trials or no hardware
 */
export async function rankDataset(
  folder: string,
  { question, device, trees = DEFAULT_TREES, seed = 1, maxFeatures, onProgress }: RankOptions,
  source: RankSource = sourceIn(folder),
): Promise<DatasetRanking> {
  const trials = trialsToRank(folder, source.trials(), device);
  const features = await source.features();
  const asked = ({ knownBefore }: { readonly knownBefore: boolean }) => question === "explain" || knownBefore;
  const { dropped, ...matrix } = featureMatrix(featureColumns(trials, features, source.pulses()).filter(asked));
  const excluded = features.columns.filter(asked).flatMap((column) => {
    const reason = reasonToExclude(column);
    return reason === undefined ? [] : [{ name: column.name, reason }];
  });
  const warmupMs = trials.map(({ firstInferenceMs }) => firstInferenceMs ?? Number.NaN);
  const clusters = cellNumbers(trials);
  const data = { rows: matrix.rows, target: warmupMs.map(Math.log), clusters };
  const evidence = await keptForest(folder, data, { trees, seed, maxFeatures, onProgress });
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
      await keptSecondForest(folder, data),
    ),
    trials,
    clusters,
    ofHarness: new Set(features.columns.filter(isOfHarness).map(({ name }) => name)),
    fourParameters:
      question === "predict" ? fourParameterModel(matrix, { ranking, evidence }, warmupMs, clusters) : undefined,
  };
}
