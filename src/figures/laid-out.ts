import type { TopLevelSpec } from "vega-lite";
import type { Figure } from "./figure.js";
import { type Layout, LEAST_PLOT_PX, layoutOf, panelsAcross, withPlot } from "./layout.js";
import { renderSvg } from "./render-svg.js";
import type { Theme } from "./theme.js";
import { vegaConfig } from "./vega-config.js";

const PX_PER_MM = 96 / 25.4;

/** The columns of all rows, in the order in which they come. */
export function distinctKeys(rows: Figure["data"]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

/**
 * What axes and legends take of a figure is known when it is drawn. Where labels come and go with the room that they
 * have, it never settles: after the third drawing the data get no more room, so that no figure is wider than asked.
 */
const LAST_GROWTH = 3;
const MOST_DRAWINGS = 8;

/** A figure's specification, and the SVG that Vega makes of it, whose letters are not embedded. */
export interface LaidOutFigure {
  readonly spec: TopLevelSpec;
  readonly svg: string;
  readonly heightPx: number;
}

/** Draws a figure with such room for its data that all of it is as wide, and as high, as was asked. */
export async function laidOut(figure: Figure, theme: Theme): Promise<LaidOutFigure> {
  const { shape } = figure;
  let layout = layoutOf(theme, shape);
  const across = panelsAcross(layout, shape);
  const down = (shape.panels ?? 1) / across;
  const heightPx = theme.height_mm === undefined || shape.ofRows ? undefined : Math.round(theme.height_mm * PX_PER_MM);
  for (let drawing = 1; ; drawing++) {
    const spec = completeSpec(figure, theme, layout);
    const svg = await renderSvg(spec, theme.font);
    const size = sizeOf(svg);
    const spare = { width: layout.widthPx - size.width, height: (heightPx ?? size.height) - size.height };
    const grown = (plotPx: number, sparePx: number) =>
      Math.max(LEAST_PLOT_PX, plotPx + Math.floor(drawing > LAST_GROWTH ? Math.min(0, sparePx) : sparePx));
    const room = {
      width: grown(layout.plot.widthPx, spare.width / across),
      height: grown(layout.plot.heightPx, spare.height / down),
    };
    const isSettled = room.width === layout.plot.widthPx && room.height === layout.plot.heightPx;
    if (isSettled || drawing === MOST_DRAWINGS) {
      const wholeHeightPx = Math.max(size.height, heightPx ?? 0);
      return {
        spec,
        svg: withSize(svg, Math.max(size.width, layout.widthPx), wholeHeightPx),
        heightPx: wholeHeightPx,
      };
    }
    layout = withPlot(layout, room.width, room.height);
  }
}

/** The size of an SVG that Vega made, in pixels. */
export function sizeOf(svg: string): { width: number; height: number } {
  const [, width = "0", height = "0"] = /width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
  return { width: Number(width), height: Number(height) };
}

/** Room for the data is whole pixels: what is left over is at the right and at the bottom. */
function withSize(svg: string, width: number, height: number): string {
  return svg
    .replace(
      /width="[\d.]+" height="[\d.]+" viewBox="[^"]*"/,
      `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`,
    )
    .replace(/(<rect width=)"[\d.]+" (height=)"[\d.]+"/, `$1"${width}" $2"${height}"`);
}

function completeSpec({ title, data, ...figure }: Figure, theme: Theme, layout: Layout): TopLevelSpec {
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    description: title,
    ...figure.spec(layout),
    data: { values: [...data] },
    config: vegaConfig(theme, layout),
  } as unknown as TopLevelSpec;
}
