import { createWriteStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { stringify } from "csv-stringify/sync";
import type { TopLevelSpec } from "vega-lite";
import { makeFolder } from "../core/make-folder.js";
import { spreadsheetText } from "../core/spreadsheet-text.js";
import { withEmbeddedFont } from "./embedded-font.js";
import type { Figure } from "./figure.js";
import { FONTS, type FontName, registerFont, textWidthPx } from "./font.js";
import { type Layout, LEAST_PLOT_PX, layoutOf, panelsAcross, withPlot } from "./layout.js";
import { type Theme, themeOf } from "./theme.js";
import { vegaConfig } from "./vega-config.js";

const CSS_DPI = 96;
const PRINT_DPI = 300;
/** The resolution at which one pixel of an SVG becomes one pixel of a PNG. */
const SVG_DPI = 72;
const PDF_POINTS_PER_PX = 72 / CSS_DPI;
const PX_PER_MM = CSS_DPI / 25.4;

/**
 * Writes a figure as SVG (with the letters that it uses of its font), PDF (fonts embedded), PNG (300 dpi), Vega-Lite
 * specification and CSV. The same data give the same bytes.
 *
 * @param theme what differs from `DEFAULT_THEME`
 * @returns the paths of the files
 * @throws UserError if the theme does not fit
 * @throws Error if Vega warns of anything
 */
export async function renderFigure(figure: Figure, folder: string, theme: Partial<Theme> = {}): Promise<string[]> {
  const { font } = themeOf(theme);
  makeFolder(folder);
  const path = (extension: string) => join(folder, `${figure.name}.${extension}`);
  const { spec, svg } = await laidOut(figure, themeOf(theme));
  writeFileSync(path("svg"), withEmbeddedFont(svg, font));
  writeFileSync(path("vl.json"), `${JSON.stringify(spec, null, 2)}\n`);
  writeFileSync(path("csv"), csvOf(figure.data));
  await writePdf(svg, figure.title, path("pdf"), font);
  registerFont();
  const { default: sharp } = await import("sharp");
  await sharp(Buffer.from(svg), { density: (PRINT_DPI * SVG_DPI) / CSS_DPI })
    .withMetadata({ density: PRINT_DPI })
    .png()
    .toFile(path("png"));
  return ["svg", "pdf", "png", "vl.json", "csv"].map(path);
}

/**
 * The figure as SVG text, for notebooks and pages: it carries the letters that it uses of its font, and is as wide as
 * the theme says or as what holds it, whichever is less.
 *
 * @param theme what differs from `DEFAULT_THEME`
 * @throws UserError if the theme does not fit
 * @example display.svg(await figureSvg(figure, { width_mm: 120 }));
 */
export async function figureSvg(figure: Figure, theme: Partial<Theme> = {}): Promise<string> {
  const whole = themeOf(theme);
  return withEmbeddedFont((await laidOut(figure, whole)).svg, whole.font);
}

/**
 * The figure as a Vega-Lite specification with its data, to be changed or shown elsewhere.
 *
 * @param theme what differs from `DEFAULT_THEME`
 * @throws UserError if the theme does not fit
 */
export async function figureSpec(figure: Figure, theme: Partial<Theme> = {}): Promise<TopLevelSpec> {
  return (await laidOut(figure, themeOf(theme))).spec;
}

/** The data for people, whose spreadsheet calculates nothing of it. */
function csvOf(data: Figure["data"]): string {
  const options = { header: true, columns: distinctKeys(data), cast: { string: spreadsheetText } };
  return stringify([...data], options);
}

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

function sizeOf(svg: string): { width: number; height: number } {
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

/** How Vega measures text, which always has a size; its types leave this out. */
interface TextMetrics {
  width(item: { fontSize: number; fontWeight?: number | string }, text: unknown): number;
}

/** Without a canvas, Vega takes every letter for 0.8 em wide. The real widths leave more room for the data. */
function measureTextWith(vega: object, font: FontName): void {
  const { textMetrics } = vega as unknown as { textMetrics: TextMetrics };
  textMetrics.width = ({ fontSize, fontWeight }, text) => textWidthPx(font, String(text), fontSize, fontWeight);
}

async function renderSvg(spec: TopLevelSpec, font: FontName): Promise<string> {
  // Notebooks can't import what waits at its top level, as Vega does.
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  measureTextWith(vega, font);
  const warnings: string[] = [];
  const warn = (...text: readonly unknown[]) => warnings.push(text.join(" "));
  const logger = vega.logger(vega.Warn);
  logger.warn = (...text) => {
    warn(...text);
    return logger;
  };
  // Definitions of gradients are numbered through the life of the process; every figure starts anew.
  (vega as unknown as { resetSVGDefIds(): void }).resetSVGDefIds();
  const view = new vega.View(vega.parse(compile(spec, { logger }).spec), { logger });
  const svg = await view.toSVG();
  view.finalize();
  if (warnings.length > 0) throw new Error(`figure: Vega warns: ${warnings.join("; ")}`);
  return svg;
}

async function writePdf(svg: string, title: string, path: string, font: FontName): Promise<void> {
  const [{ default: PDFDocument }, { default: svgToPdf }] = await Promise.all([
    import("pdfkit"),
    import("svg-to-pdfkit"),
  ]);
  const { width, height } = sizeOf(svg);
  const size: [number, number] = [width * PDF_POINTS_PER_PX, height * PDF_POINTS_PER_PX];
  const epoch = new Date(0); // a fixed date, so that the same data give the same bytes
  const document = new PDFDocument({ size, info: { Title: title, CreationDate: epoch, ModDate: epoch } });
  const file = createWriteStream(path);
  document.pipe(file);
  // Vega writes a dash of 1 and a gap of 0 for a solid line, which PDF does not know.
  svgToPdf(document, svg.replaceAll(/ stroke-dasharray="1,0"/g, ""), 0, 0, {
    fontCallback: (_family, bold) => (bold ? FONTS[font].semibold : FONTS[font].regular),
  });
  document.end();
  await finished(file);
}
