import { sampleCorrelation } from "simple-statistics";
import type { DatasetRanking } from "../rank/rank-dataset.js";
import { TOP } from "../rank/rank-features.js";
import { axisTitle } from "./axes.js";
import { groupNotes, labelOf, rowLabels, STATISTICS_NOTE } from "./feature-labels.js";
import type { Figure } from "./figure.js";

/** Between the colours of opposite signs. */
const NEUTRAL = "#F7F7F7";

/** Pearson's correlation of the 15 most important features with each other. */
export function correlationFigure({ matrix, ranking, trials }: DatasetRanking): Figure {
  const chosen = ranking.features.slice(0, TOP).map(({ group, rank }) => {
    const column = matrix.groups.indexOf(group);
    return { rank, group, values: matrix.rows.map((row) => row[column] ?? Number.NaN) };
  });
  const data = chosen.flatMap((row) =>
    chosen.map((column) => ({
      feature: row.group.name,
      label: labelOf(row.group),
      row: row.rank,
      column: column.rank,
      correlation: sampleCorrelation(row.values, column.values),
    })),
  );
  const labels = chosen.map(({ rank, group }) => `${rank} ${labelOf(group)}`);
  return {
    name: "correlation",
    title: "Correlation of the features that matter most for warm-up time",
    notes: [
      `Pearson's ρ over ${trials.length === 0 ? matrix.rows.length : trials.length} trials; columns are the rows in the same order.`,
      "Dark is strong, light is none; the two colours tell the sign.",
      STATISTICS_NOTE,
      ...groupNotes(chosen.map(({ group }) => group)),
    ],
    shape: {
      width: "page",
      ofRows: true,
      plotHeightPx: (layout) => rowLabels(labels, layout).rowPx * chosen.length,
    },
    data,
    spec: (layout) => ({
      width: layout.plot.widthPx,
      height: layout.plot.heightPx,
      mark: { type: "rect", stroke: layout.paper, strokeWidth: 1 },
      encoding: {
        y: { field: "row", type: "ordinal", title: null, axis: rowLabels(labels, layout).axis },
        x: {
          field: "column",
          type: "ordinal",
          title: axisTitle("Feature by its rank", layout, "x"),
          axis: { labelAngle: 0, grid: false, labelOverlap: "greedy" },
        },
        color: {
          field: "correlation",
          type: "quantitative",
          title: "ρ",
          // Light means none, dark means strong; the theme's first two colours tell the sign.
          scale: { domain: [-1, 1], range: [layout.colour(1), NEUTRAL, layout.colour(0)] },
          legend: {
            orient: "bottom",
            direction: "horizontal",
            titleOrient: "left",
            gradientLength: Math.min(150, layout.plot.widthPx - 20),
            tickCount: 5,
          },
        },
      },
    }),
  };
}
