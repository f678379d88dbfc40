import { Command } from "commander";
import { type DatasetRanking, type Question, rankDataset } from "../../src/rank/rank-dataset.js";
import { type ResidualRanking, rankResidual } from "../../src/rank/rank-residual.js";
import { rankingSummary, rankingTable } from "../../src/rank/ranking-table.js";
import { residualSummary, residualTable } from "../../src/rank/residual-table.js";
import { parseInteger, parseName, parsePositive } from "../arguments.js";
import { OUTPUT, withHelp } from "../terminal/command-help.js";
import { showTrees } from "../terminal/progress.js";
import { sessionsAsJson } from "../terminal/sessions-as-json.js";
import { printResult, tableOf } from "../terminal/terminal.js";

const QUESTIONS: readonly (Question | "residual")[] = ["explain", "predict", "residual"];

/** A ranking of some hundreds of trees does not change with more. */
const MOST_TREES = 10_000;

interface RankFlags {
  readonly question: string;
  readonly device?: string;
  readonly trees: string;
  readonly maxFeatures?: string;
  readonly seed: string;
  readonly json?: boolean;
}

/** `batchwise rank`: what drives warm-up. */
export function rankCommand(): Command {
  const command = new Command("rank")
    .description("rank what drives warm-up with a random forest, checked by a second one")
    .argument("<dir>", "the dataset's folder")
    .optionsGroup("Question:")
    .option(
      "--question <name>",
      "explain: every feature; predict: those known before the first inference; residual: what explains the rest where " +
        "the workload is given",
      "predict",
    )
    .optionsGroup("Trials and forest:")
    .option("--device <name>", "the only device whose trials count, e.g. cpu-2t, in place of all together")
    .option("--trees <number>", `trees of the forest, up to ${MOST_TREES}`, "100")
    .option(
      "--max-features <number>",
      "features that a tree may use: so many, or a share below 1 of all (default: all)",
    )
    .option("--seed <number>", "seed of samples and permutations", "1")
    .optionsGroup(OUTPUT)
    .option("--json", "print one JSON object")
    .action(async (folder: string, flags: RankFlags) => {
      const question = parseName("--question", QUESTIONS, flags.question);
      const trees = parseInteger("--trees", flags.trees, { least: 1, most: MOST_TREES });
      const seed = parseInteger("--seed", flags.seed);
      const { device, maxFeatures } = flags;
      const options = {
        trees,
        seed,
        ...(device !== undefined && { device }),
        ...(maxFeatures !== undefined && { maxFeatures: parsePositive("--max-features", maxFeatures) }),
        onProgress: showTrees(),
      };
      if (question === "residual") {
        const ranked = await rankResidual(folder, options);
        printResult(
          flags.json,
          () => residualAsJson(ranked),
          () => [
            ...(ranked.drivers.length === 0 ? [] : [tableOf(residualTable(ranked)), ""]),
            ...residualSummary(ranked),
          ],
        );
        return;
      }
      const ranked = await rankDataset(folder, { question, ...options });
      printResult(
        flags.json,
        () => rankingAsJson(ranked),
        () => [tableOf(rankingTable(ranked)), "", ...rankingSummary(ranked)],
      );
    });
  return withHelp(command, "docs/analysis.md", [
    "rank data/reference-cpu",
    "rank data/reference-cpu --question explain --trees 200",
  ]);
}

function residualAsJson({ drivers, drift, level, betweenCells, trials, cells, matrix, forest }: ResidualRanking) {
  return {
    question: "residual",
    trials: trials.length,
    cells,
    between_cells: betweenCells,
    drift: { share: drift.share, fades_after_s: drift.fadesAfterSeconds },
    level,
    drivers: drivers.map(({ group, correlation, share, effect, pValue, forestRank }) => ({
      feature: group.name,
      members: group.members,
      correlation,
      share,
      effect,
      p_value: pValue,
      forest_rank: forestRank,
    })),
    groups: matrix.groups.length,
    dropped: matrix.dropped,
    forest: { trees: forest.trees, out_of_bag_r_squared: forest.outOfBagRSquared },
  };
}

function rankingAsJson(ranked: DatasetRanking) {
  const { question, devices, sessions, matrix, ranking, agreement, ofHarness, fourParameters } = ranked;
  return {
    question,
    devices,
    sessions: sessionsAsJson(sessions),
    trees: ranking.trees,
    out_of_bag_r_squared: ranking.outOfBagRSquared,
    stable: ranking.stable,
    top_survival: ranking.topSurvival,
    features: ranking.features.map(({ rank, group, importance, interval, rankInterval }) => ({
      rank,
      feature: group.name,
      members: group.members,
      known_before: group.knownBefore,
      of_harness: ofHarness.has(group.name),
      importance,
      interval: [interval.low, interval.high],
      rank_interval: [rankInterval.low, rankInterval.high],
    })),
    dropped: matrix.dropped,
    second_forest: {
      shared: agreement.shared,
      top: agreement.top,
      rank_correlation: agreement.rankCorrelation,
      only_first: agreement.onlyFirst,
      only_second: agreement.onlySecond,
    },
    ...(fourParameters !== undefined && {
      four_parameters: {
        parameters: fourParameters.parameters,
        coefficients: fourParameters.coefficients,
        formula: fourParameters.formula,
        latex: fourParameters.latex,
        left_out_error: fourParameters.leftOutError,
      },
    }),
  };
}
