import { counted } from "../core/counted.js";
import { percent, type TextTable } from "../core/text-table.js";
import { formatDuration } from "../core/units.js";
import type { Drift } from "./drift.js";
import { groupLabel } from "./feature-matrix.js";
import type { ResidualRanking } from "./rank-residual.js";

/** The drivers of warm-up beside the workload, in the order in which they were chosen. */
export function residualTable({ drivers }: ResidualRanking): TextTable {
  return {
    columns: ["feature", "warm-up with 1 sd more", "share of the rest", "p of all", "rank in the forest"],
    values: drivers.map(({ group, effect, share, pValue, forestRank }) => [
      groupLabel(group),
      `${effect < 0 ? "−" : "+"}${percent(Math.abs(effect))} %`,
      `${percent(share)} %`,
      pValue.toExponential(1),
      forestRank,
    ]),
  };
}

/** What a ranking beside the workload is of, and how far it goes, a sentence a line. */
export function residualSummary(ranked: ResidualRanking): string[] {
  const { drivers, drift, level, betweenCells, trials, cells, matrix, forest } = ranked;
  const [best] = forest.features;
  const explained = drivers.reduce((sum, { share }) => sum + share, 0);
  return [
    `the workload explains ${percent(betweenCells)} % of the variance of ln W; the rest is within ` +
      `${counted(cells, "cell")} of ${counted(trials.length, "trial")}`,
    drivers.length === 0
      ? "nothing that was recorded explains the rest"
      : `${counted(drivers.length, "feature")} of ${matrix.groups.length} groups ` +
        `${drivers.length === 1 ? "explains" : "explain"} ${percent(explained)} % of the rest`,
    ...(drift.share === 0 ? [] : [driftSentence(drift)]),
    `a feature that explains nothing is chosen in ${100 * level} % of such rankings`,
    `${counted(forest.trees, "tree")} on the same rest: out-of-bag R² ${forest.outOfBagRSquared.toFixed(3)}` +
      (best === undefined || forest.outOfBagRSquared <= 0 ? "" : `, first ${groupLabel(best.group)}`),
  ];
}

function driftSentence({ share, fadesAfterSeconds }: Drift): string {
  const time = formatDuration(1000 * fadesAfterSeconds);
  return `${percent(share)} % of what is left goes on from trial to trial and fades over ${time}; features are judged beside it`;
}
