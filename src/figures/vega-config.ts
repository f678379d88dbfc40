import { FONTS } from "./font.js";
import { type Layout, PADDING_PX } from "./layout.js";
import { SHAPES, type Theme } from "./theme.js";

/** A theme as Vega-Lite's configuration. */
export function vegaConfig({ font, colours, background }: Theme, { textPx, ink, grid }: Layout) {
  return {
    font: FONTS[font].family,
    padding: PADDING_PX,
    background,
    view: { stroke: null },
    mark: { color: colours[0] },
    title: { color: ink, fontSize: textPx, fontWeight: 400, anchor: "start", frame: "bounds", offset: 6 },
    axis: {
      labelFlush: false,
      labelFontSize: textPx,
      labelColor: ink,
      titleFontSize: textPx + 1,
      titleFontWeight: 400,
      titleColor: ink,
      gridColor: grid,
      domainColor: ink,
      tickColor: ink,
    },
    legend: {
      symbolStrokeWidth: 0,
      symbolLimit: 0, // every series has its label
      labelFontSize: textPx,
      labelLimit: 0,
      labelColor: ink,
      titleFontSize: textPx,
      titleFontWeight: 400,
      titleLimit: 0,
      titleColor: ink,
      symbolSize: 50,
    },
    text: { fontSize: textPx, color: ink },
    style: { heading: { fontWeight: 600 } },
    line: { strokeWidth: 1.4 },
    rule: { color: ink },
    point: { size: 28, filled: true, opacity: 1 },
    range: { category: [...colours], symbol: SHAPES },
  } as const;
}
