import type { ExprRef } from "vega-lite/types_unstable/expr.js";
import type { Legend } from "vega-lite/types_unstable/legend.js";
import type { Layout } from "./layout.js";

/** A symbol with the gap to its label, and the gap to the next column. */
const SYMBOL_PX = 16;
const COLUMN_GAP_PX = 12;
/** Beside the data a legend takes no more of the width than this. */
const MOST_BESIDE = 0.28;

/**
 * Where a legend stands: beside the data where it is narrow and no higher than they are, else below them in as many
 * columns as fit.
 */
export function legendAt(
  layout: Layout,
  title: string | null,
  labels: readonly string[],
  place?: "below" | undefined,
): Legend<ExprRef> {
  const labelPx = Math.max(0, ...labels.map((label) => layout.widthOf(label))) + SYMBOL_PX;
  const titlePx = title === null ? 0 : layout.widthOf(title);
  const rows = labels.length + (title === null ? 0 : 1);
  const isNarrow = Math.max(labelPx, titlePx) <= MOST_BESIDE * layout.widthPx;
  if (place !== "below" && isNarrow && rows * (layout.linePx + 2) <= layout.plot.heightPx) return { orient: "right" };
  // Below the data a legend begins where they do.
  const roomPx = layout.plot.widthPx + COLUMN_GAP_PX;
  const columns = Math.max(1, Math.floor(roomPx / (labelPx + COLUMN_GAP_PX)));
  const fitsInOneRow = titlePx + labels.length * (labelPx + COLUMN_GAP_PX) <= roomPx;
  return {
    orient: "bottom",
    direction: "horizontal",
    columns: Math.min(columns, labels.length),
    columnPadding: COLUMN_GAP_PX,
    titleOrient: fitsInOneRow ? "left" : "top",
  };
}
