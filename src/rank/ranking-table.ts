import { counted } from "../core/counted.js";
import { percent, type TextTable } from "../core/text-table.js";
import { sessionNotes } from "../fit/session-levels.js";
import { groupLabel } from "./feature-matrix.js";
import type { FourParameterModel } from "./four-parameter-model.js";
import type { DatasetRanking } from "./rank-dataset.js";
import { TOP } from "./rank-features.js";

/** The top 15 of a ranking. */
export function rankingTable({ ranking, agreement, ofHarness }: DatasetRanking): TextTable {
  return {
    columns: ["rank", "feature", "importance", "95 % interval", "ranks", "second forest", "brought about by"],
    values: ranking.features
      .slice(0, TOP)
      .map(({ rank, group, importance, interval, rankInterval }) => [
        rank,
        groupLabel(group),
        importance.toFixed(4),
        `${interval.low.toFixed(4)} to ${interval.high.toFixed(4)}`,
        `${rankInterval.low} to ${rankInterval.high}`,
        agreement.onlyFirst.includes(group.name) ? "not in its top" : "",
        ofHarness.has(group.name) ? "measuring" : "",
      ]),
  };
}

/** How far a ranking can be trusted, a sentence a line. */
export function rankingSummary(ranked: DatasetRanking): string[] {
  const { devices, sessions, matrix, ranking, agreement, fourParameters } = ranked;
  const { shared, top, rankCorrelation } = agreement;
  const reasons = new Map<string, number>();
  for (const { reason } of matrix.dropped) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const dropped = [...reasons].map(([reason, count]) => `${count} ${reason}`).join(", ");
  return [
    ...(devices.length > 1 ? [`trials of ${devices.join(" and ")} together; --device NAME ranks those of one`] : []),
    ...sessionNotes(sessions, "ranked"),
    `${counted(matrix.groups.length, "group")} of features; columns dropped: ${dropped || "none"}`,
    `${counted(ranking.trees, "tree")}, out-of-bag R² ${ranking.outOfBagRSquared.toFixed(3)}`,
    `top ${top} ${ranking.stable ? "stable" : "not stable"} under resampling: ${percent(ranking.topSurvival)} % survive`,
    `second forest: ${shared} of the top ${top} shared, rank correlation ${rankCorrelation.toFixed(2)}`,
    ...(fourParameters === undefined ? [] : [fourParameters.formula, leftOutSentence(fourParameters)]),
  ];
}

function leftOutSentence({ leftOutError, chosenAgain }: FourParameterModel): string {
  if (leftOutError === undefined || chosenAgain === undefined) {
    return "no tree has left out a cell: with more trees this model's error is known";
  }
  const again = `${chosenAgain.toFixed(1)} of the four are chosen again without it`;
  return `error of such a model on a cell left out: ${percent(leftOutError)} %; ${again}`;
}
