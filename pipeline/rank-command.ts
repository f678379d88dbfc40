import { Command } from "commander";
import { UserError } from "../src/core/user-error.js";
import { type DatasetRanking, type Question, rankDataset } from "../src/rank/rank-dataset.js";
import { TOP } from "../src/rank/rank-features.js";
import { parseInteger } from "./arguments.js";
import { showTrees } from "./progress.js";
import { printResult, table } from "./terminal.js";

const QUESTIONS: readonly Question[] = ["explain", "predict"];

/** `batchwise rank`: what drives warm-up. */
export function rankCommand(): Command {
  return new Command("rank")
    .description("rank what drives warm-up with a random forest, checked by a second one")
    .argument("<dir>", "the dataset's folder")
    .option("--question <name>", "explain: every feature; predict: those known before the first inference", "predict")
    .option("--trees <number>", "trees of the forest", "100")
    .option("--seed <number>", "seed of samples and permutations", "1")
    .option("--json", "print one JSON object")
    .action(async (folder: string, flags: { question: string; trees: string; seed: string; json?: boolean }) => {
      const question = QUESTIONS.find((candidate) => candidate === flags.question);
      if (question === undefined) {
        throw new UserError(`--question ${flags.question}: allowed are ${QUESTIONS.join(", ")}`);
      }
      const trees = parseInteger("--trees", flags.trees);
      const seed = parseInteger("--seed", flags.seed);
      const ranked = await rankDataset(folder, { question, trees, seed, onProgress: showTrees() });
      printResult(flags.json, rankingAsJson(ranked), () => rankingLines(ranked));
    });
}

function rankingLines({ matrix, ranking, agreement, fourParameters }: DatasetRanking): string[] {
  const { shared, top, rankCorrelation, onlyFirst } = agreement;
  return [
    table(
      ["rank", "feature", "importance", "95 % interval", "ranks", "second forest"],
      ranking.features
        .slice(0, TOP)
        .map(({ rank, group, importance, interval, rankInterval }) => [
          rank,
          group.members.length === 1 ? group.name : `${group.name} (+${group.members.length - 1})`,
          importance.toFixed(4),
          `${interval.low.toFixed(4)} to ${interval.high.toFixed(4)}`,
          `${rankInterval.low} to ${rankInterval.high}`,
          onlyFirst.includes(group.name) ? "not in its top" : "",
        ]),
    ),
    "",
    `${matrix.groups.length} groups of features, ${matrix.dropped.length} columns dropped; ${ranking.trees} trees, out-of-bag R² ${ranking.outOfBagRSquared.toFixed(3)}`,
    `top ${top} ${ranking.stable ? "stable" : "not stable"} under resampling (${(100 * ranking.topSurvival).toFixed(0)} % survive)`,
    `second forest: ${shared} of the top ${top} shared, rank correlation ${rankCorrelation.toFixed(2)}`,
    ...(fourParameters === undefined
      ? []
      : [`${fourParameters.formula}`, `left-out error ${(100 * fourParameters.leftOutError).toFixed(1)} %`]),
  ];
}

function rankingAsJson({ question, matrix, ranking, agreement, fourParameters }: DatasetRanking) {
  return {
    question,
    trees: ranking.trees,
    out_of_bag_r_squared: ranking.outOfBagRSquared,
    stable: ranking.stable,
    top_survival: ranking.topSurvival,
    features: ranking.features.map(({ rank, group, importance, interval, rankInterval }) => ({
      rank,
      feature: group.name,
      members: group.members,
      known_before: group.knownBefore,
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
