import type { Field } from "vega-lite/types_unstable/channeldef.js";
import type { LayerSpec, UnitSpec } from "vega-lite/types_unstable/spec/index.js";
import type { FigureSpec } from "./figure.js";
import { type Layout, PADDING_PX } from "./layout.js";

/**
 * The heading of a panel as a layer of it: a mark, because the titles of panels stand at different heights where one
 * has labels and the other has none.
 */
export function panelHeading(text: string, { plot, wrapped, linePx }: Layout): UnitSpec<Field> {
  const lines = wrapped(text, plot.widthPx, 600);
  return {
    data: { values: [{}] },
    mark: {
      type: "text",
      x: plot.widthPx / 2,
      y: -14 - (lines.length - 1) * linePx,
      lineHeight: linePx,
      style: "heading",
      text: lines,
    },
  };
}

/** What is said above a figure's panels: what its marks mean, with the numbers that a reader needs. */
export function figureNote(text: string, { widthPx, wrapped, linePx }: Layout): LayerSpec<Field>["title"] & object {
  return { text: wrapped(text, widthPx - 2 * PADDING_PX), lineHeight: linePx };
}

/** Panels side by side, or above each other where there is no room for that. */
export function panelsOf(layout: Layout, panels: FigureSpec[]): FigureSpec {
  return layout.isNarrow ? { vconcat: panels } : { hconcat: panels };
}
