import { Command } from "commander";
import { UserError } from "../../src/core/user-error.js";
import { type DatasetRanking, type Question, rankDataset } from "../../src/rank/rank-dataset.js";
import { rankingSummary, rankingTable } from "../../src/rank/ranking-table.js";
import { parseInteger } from "../arguments.js";
import { showTrees } from "../terminal/progress.js";
import { sessionsAsJson } from "../terminal/sessions-as-json.js";
import { printResult, tableOf } from "../terminal/terminal.js";

const QUESTIONS: readonly Question[] = ["explain", "predict"];

/** A ranking of some hundreds of trees does not change with more. */
const MOST_TREES = 10_000;

interface RankFlags {
  readonly question: string;
  readonly device?: string;
  readonly trees: string;
  readonly seed: string;
  readonly json?: boolean;
}

/** `batchwise rank`: what drives warm-up. */
export function rankCommand(): Command {
  return new Command("rank")
    .description("rank what drives warm-up with a random forest, checked by a second one")
    .argument("<dir>", "the dataset's folder")
    .option("--question <name>", "explain: every feature; predict: those known before the first inference", "predict")
    .option("--device <name>", "the only device whose trials count, e.g. cpu-2t, in place of all together")
    .option("--trees <number>", `trees of the forest, up to ${MOST_TREES}`, "100")
    .option("--seed <number>", "seed of samples and permutations", "1")
    .option("--json", "print one JSON object")
    .action(async (folder: string, flags: RankFlags) => {
      const question = QUESTIONS.find((candidate) => candidate === flags.question);
      if (question === undefined) {
        throw new UserError(`--question ${flags.question}: allowed are ${QUESTIONS.join(", ")}`);
      }
      const trees = parseInteger("--trees", flags.trees, { least: 1, most: MOST_TREES });
      const seed = parseInteger("--seed", flags.seed);
      const { device } = flags;
      const onlyDevice = device === undefined ? {} : { device };
      const ranked = await rankDataset(folder, { question, trees, seed, ...onlyDevice, onProgress: showTrees() });
      printResult(
        flags.json,
        () => rankingAsJson(ranked),
        () => [tableOf(rankingTable(ranked)), "", ...rankingSummary(ranked)],
      );
    });
}

function rankingAsJson({ question, devices, sessions, matrix, ranking, agreement, fourParameters }: DatasetRanking) {
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
