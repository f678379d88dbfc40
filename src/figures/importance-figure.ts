import type { DatasetRanking } from "../rank/rank-dataset.js";
import { TOP } from "../rank/rank-features.js";
import { groupNotes, labelOf, rowLabels, STATISTICS_NOTE } from "./feature-labels.js";
import type { Figure, Position } from "./figure.js";
import { figureNote } from "./panel-heading.js";

const IN_BOTH = "in the top 15 of both forests";
const IN_FIRST = "in the top 15 of this forest only";
const TICKS = [0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1];
/** The title of the axis ends with it and begins under the names. */
const TITLE_SHARE = 0.85;
/** Up to here the axis is about linear. */
const LINEAR_TO = 0.002;

/**
 * The 15 most important features for warm-up time with 95 % intervals (figure 4 of the study). Hollow marks are
 * features that the second forest does not rank among its top 15.
 */
export function importanceFigure({ question, devices, ranking, agreement }: DatasetRanking): Figure {
  const top = ranking.features.slice(0, TOP);
  const data = top.map(({ group, rank, importance, interval, rankInterval }) => ({
    rank,
    label: labelOf(group),
    feature: group.name,
    members: group.members.join(" "),
    importance,
    low: interval.low,
    high: interval.high,
    rank_low: rankInterval.low,
    rank_high: rankInterval.high,
    agreement: agreement.onlyFirst.includes(group.name) ? IN_FIRST : IN_BOTH,
  }));
  const labels = data.map(({ rank, label }) => `${rank} ${label}`);
  const rowPx = (layout: Parameters<typeof rowLabels>[1]) => rowLabels(labels, layout).rowPx;
  return {
    name: `importance-${question}`,
    title:
      `The ${data.length} features that matter most for warm-up time, ` +
      (question === "explain" ? "of all that were recorded" : "of those known before the first inference"),
    notes: [
      "Importance is what shuffling a feature adds to the squared error of the forest's out-of-bag predictions of ln W, " +
        "over the variance of ln W. Above 1 a shuffled feature makes them worse than the mean alone.",
      `The axis is about linear up to ${LINEAR_TO} and logarithmic beyond.`,
      `Bars are 95 % bootstrap intervals over ${ranking.trees} trees; of a hollow mark the second forest does not agree.`,
      STATISTICS_NOTE,
      ...(devices.length > 1 ? [`Trials of ${devices.join(" and ")} together.`] : []),
      ...groupNotes(top.map(({ group }) => group)),
    ],
    shape: { width: "page", ofRows: true, plotHeightPx: (layout) => rowPx(layout) * data.length },
    data,
    spec: (layout) => {
      const y: Position = { field: "rank", type: "ordinal", title: null, axis: rowLabels(labels, layout).axis };
      const x = (field: string): Position => ({
        field,
        type: "quantitative",
        title: layout.wrapped(
          `Increase of squared error when shuffled, over the variance of ln W (linear to ${LINEAR_TO}, then logarithmic)`,
          TITLE_SHARE * layout.widthPx,
        ),
        // Linear around 0 and logarithmic beyond: the first features matter a hundred times as much as the last.
        scale: { type: "symlog", constant: LINEAR_TO, nice: false, padding: 6 },
        axis: { values: [...TICKS], format: "~r", labelOverlap: "greedy", labelSeparation: 3, titleAnchor: "end" },
      });
      const blue = layout.colour(0);
      const agreements = [IN_BOTH, IN_FIRST];
      return {
        width: layout.plot.widthPx,
        height: layout.plot.heightPx,
        title: figureNote(`filled: ${IN_BOTH}; hollow: of this one only`, layout),
        layer: [
          { mark: { type: "rule", strokeWidth: 1.2 }, encoding: { y, x: x("low"), x2: { field: "high" } } },
          {
            mark: { type: "point", size: 46, stroke: blue, strokeWidth: 1.4, filled: false },
            encoding: {
              y,
              x: x("importance"),
              fill: {
                field: "agreement",
                type: "nominal",
                title: null,
                scale: { domain: agreements, range: [blue, layout.paper] },
                legend: null,
              },
            },
          },
        ],
      };
    },
  };
}
