import { createWriteStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { stringify } from "csv-stringify/sync";
import type { TopLevelSpec } from "vega-lite";
import { makeFolder } from "../core/make-folder.js";
import { spreadsheetText } from "../core/spreadsheet-text.js";
import { withEmbeddedFont } from "./embedded-font.js";
import type { Figure } from "./figure.js";
import { FONTS, type FontName, registerFont } from "./font.js";
import { distinctKeys, laidOut, sizeOf } from "./laid-out.js";
import { type Theme, themeOf } from "./theme.js";

const CSS_DPI = 96;
const PRINT_DPI = 300;
/** The resolution at which one pixel of an SVG becomes one pixel of a PNG. */
const SVG_DPI = 72;
const PDF_POINTS_PER_PX = 72 / CSS_DPI;

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
