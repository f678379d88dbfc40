import { variance } from "simple-statistics";
import type { TrialRow } from "../dataset/tables.js";
import type { Drift } from "./drift.js";
import { type FeatureGroup, type FeatureMatrix, featureMatrix } from "./feature-matrix.js";
import { keptForest } from "./kept-forest.js";
import { type RankOptions, type RankSource, sourceIn } from "./rank-dataset.js";
import { type Ranking, rankFeatures } from "./rank-features.js";
import { cellNumbers, featureColumns, trialsToRank } from "./ranked-trials.js";
import { LEVEL, type ResidualDriver, residualDrivers, withinCells } from "./residual-drivers.js";

/** A driver of warm-up beside the workload. */
export interface WarmupDriver extends ResidualDriver {
  readonly group: FeatureGroup;
  /** How much longer warm-up is with one standard deviation more of it: 0.1 is 10 %. */
  readonly effect: number;
  /** Its rank in a forest that was grown on the same data. */
  readonly forestRank: number;
}

/** What explains warm-up where size, mini-batch size, device and host are given. */
export interface ResidualRanking {
  /** In the order in which they were chosen; empty where nothing that was recorded explains the rest. */
  readonly drivers: readonly WarmupDriver[];
  /** How what is left goes on from trial to trial. */
  readonly drift: Drift;
  /** The probability that a driver is chosen where there is none. */
  readonly level: number;
  /** The share of the variance of ln W that is between cells, which the workload explains. */
  readonly betweenCells: number;
  readonly trials: readonly TrialRow[];
  readonly cells: number;
  /** Values less the mean of their cell. */
  readonly matrix: FeatureMatrix;
  /** A forest on the same data, which may see what is not linear. */
  readonly forest: Ranking;
}

const DEFAULT_TREES = 100;

/**
 * What explains warm-up beside the workload: of the features known before the first inference, and the time since the
 * first trial, those that go with ln W within cells. A cell is of one host; those of a single trial say nothing.
 *
 * @throws UserError if too few trials ended well, or too few of them share a cell
 * @example
 * const { drivers } = await rankResidual("data/reference-cpu");
 */
export async function rankResidual(
  folder: string,
  { device, trees = DEFAULT_TREES, seed = 1, maxFeatures, onProgress }: Omit<RankOptions, "question"> = {},
  source: RankSource = sourceIn(folder),
): Promise<ResidualRanking> {
  const trials = trialsToRank(folder, repeated(source.trials()), device);
  const cells = cellNumbers(trials, ({ host }) => host);
  const count = new Set(cells).size;
  const warmup = trials.map(({ firstInferenceMs = Number.NaN }) => Math.log(firstInferenceMs));
  const target = withinCells(warmup, cells);
  const columns = [
    ...featureColumns(trials, await source.features(), source.pulses()).filter(({ knownBefore }) => knownBefore),
    { name: "trial/since_first_s", knownBefore: true, values: secondsSinceFirst(trials) },
  ];
  const { groups, rows, dropped } = featureMatrix(
    columns.map((column) => ({ ...column, values: withinCells(column.values, cells) })),
  );
  const matrix: FeatureMatrix = {
    groups,
    rows,
    dropped: dropped.map(({ name, reason }) => ({
      name,
      reason: reason === "constant" ? "constant within cells" : reason,
    })),
  };
  const found = residualDrivers(
    groups.map((_, feature) => rows.map((row) => row[feature] ?? Number.NaN)),
    target,
    cells,
    trials.map(({ host, startedAt }) => ({ host, seconds: Date.parse(startedAt ?? "") / 1000 })),
  );
  const evidence = await keptForest(
    folder,
    { rows, target, clusters: cells },
    { trees, seed, maxFeatures, onProgress },
  );
  const forest = rankFeatures(groups, evidence, target, seed);
  return {
    drivers: found.drivers.flatMap((driver) => {
      const group = groups[driver.feature];
      const forestRank = forest.features.find((ranked) => ranked.group === group)?.rank;
      if (group === undefined || forestRank === undefined) return [];
      return [{ ...driver, group, effect: Math.expm1(driver.change), forestRank }];
    }),
    drift: found.drift,
    level: LEVEL,
    betweenCells: 1 - variance(target) / variance(warmup),
    trials,
    cells: count,
    matrix,
    forest,
  };
}

/** Trials that ended well and whose cell has others. */
function repeated(trials: readonly TrialRow[]): TrialRow[] {
  const ok = trials.filter(({ status, firstInferenceMs = 0 }) => status === "ok" && firstInferenceMs > 0);
  const cells = cellNumbers(ok, ({ host }) => host);
  const counts = new Map<number, number>();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  return ok.filter((_, row) => (counts.get(cells[row] ?? -1) ?? 0) > 1);
}

function secondsSinceFirst(trials: readonly TrialRow[]): number[] {
  const starts = trials.map(({ startedAt }) => Date.parse(startedAt ?? "") / 1000);
  const first = Math.min(...starts);
  return starts.map((start) => start - first);
}
