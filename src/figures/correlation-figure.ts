import { sampleCorrelation } from "simple-statistics";
import { groupLabel } from "../rank/feature-matrix.js";
import type { DatasetRanking } from "../rank/rank-dataset.js";
import { TOP } from "../rank/rank-features.js";
import type { Figure } from "./render-figure.js";
import { PAGE } from "./theme.js";

const CELL_PX = 19;

/** Pearson's correlation of the 15 most important features with each other. */
export function correlationFigure({ matrix, ranking }: DatasetRanking): Figure {
  const chosen = ranking.features.slice(0, TOP).map(({ group, rank }) => {
    const column = matrix.groups.indexOf(group);
    return {
      rank,
      label: `${rank}  ${groupLabel(group)}`,
      values: matrix.rows.map((row) => row[column] ?? Number.NaN),
    };
  });
  const data = chosen.flatMap((row) =>
    chosen.map((column) => ({
      feature: row.label,
      row: row.rank,
      column: column.rank,
      correlation: sampleCorrelation(row.values, column.values),
    })),
  );
  return {
    name: "correlation",
    title: "Correlation of the features that matter most for warm-up time",
    data,
    spec: {
      ...PAGE,
      height: CELL_PX * chosen.length + 50,
      mark: { type: "rect", stroke: "white", strokeWidth: 1 },
      encoding: {
        y: { field: "feature", type: "nominal", sort: null, title: null, axis: { labelLimit: 420, grid: false } },
        x: { field: "column", type: "ordinal", title: "Feature by its rank", axis: { labelAngle: 0, grid: false } },
        color: {
          field: "correlation",
          type: "quantitative",
          title: "ρ",
          // Light means none, dark means strong; blue and orange tell the sign, and stay apart with any colour vision.
          scale: { domain: [-1, 1], range: ["#B35806", "#F7F7F7", "#08519C"] },
          legend: { gradientLength: 150, tickCount: 5 },
        },
      },
    },
  };
}
