import { groupLabel } from "../rank/feature-matrix.js";
import type { DatasetRanking } from "../rank/rank-dataset.js";
import { TOP } from "../rank/rank-features.js";
import type { Figure } from "./render-figure.js";
import { PAGE } from "./theme.js";

const IN_BOTH = "in the top 15 of both forests";
const IN_FIRST = "in the top 15 of this forest only";

/**
 * The 15 most important features for warm-up time with 95 % intervals (figure 4 of the study). Hollow marks are
 * features that the second forest does not rank among its top 15.
 */
export function importanceFigure({ question, ranking, agreement }: DatasetRanking): Figure {
  const data = ranking.features.slice(0, TOP).map(({ group, rank, importance, interval, rankInterval }) => ({
    rank,
    feature: groupLabel(group),
    members: group.members.join(" "),
    importance,
    low: interval.low,
    high: interval.high,
    rank_low: rankInterval.low,
    rank_high: rankInterval.high,
    agreement: agreement.onlyFirst.includes(group.name) ? IN_FIRST : IN_BOTH,
  }));
  const y = { field: "feature", type: "nominal", sort: null, title: null, axis: { labelLimit: 420, grid: false } };
  const x = (field: string) => ({
    field,
    type: "quantitative",
    title: "Permutation importance (share of the variance of ln W)",
    // Linear around 0 and logarithmic beyond: the first features matter a hundred times as much as the last.
    scale: { type: "symlog", constant: 0.002, nice: false },
    axis: { values: [0, 0.003, 0.01, 0.03, 0.1, 0.3, 1], format: "~r" },
  });
  return {
    name: `importance-${question}`,
    title:
      `The ${data.length} features that matter most for warm-up time, ` +
      (question === "explain" ? "of all that were recorded" : "of those known before the first inference"),
    data,
    spec: {
      ...PAGE,
      height: 16 * data.length + 60,
      layer: [
        { mark: { type: "rule", strokeWidth: 1.2 }, encoding: { y, x: x("low"), x2: { field: "high" } } },
        {
          mark: { type: "point", size: 46, stroke: "#0072B2", strokeWidth: 1.4, filled: false },
          encoding: {
            y,
            x: x("importance"),
            fill: {
              field: "agreement",
              type: "nominal",
              title: null,
              scale: { domain: [IN_BOTH, IN_FIRST], range: ["#0072B2", "white"] },
              legend: {
                orient: "bottom",
                direction: "horizontal",
                symbolStrokeColor: "#0072B2",
                symbolStrokeWidth: 1.4,
              },
            },
          },
        },
      ],
    },
  };
}
