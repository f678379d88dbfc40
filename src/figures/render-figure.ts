import { createWriteStream, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { stringify } from "csv-stringify/sync";
import type { TopLevelSpec } from "vega-lite";
import { FONTS, type FontName, registerFont, textWidthPx } from "./font.js";
import { DEFAULT_THEME, type Theme, vegaConfig } from "./theme.js";

const CSS_DPI = 96;
const PRINT_DPI = 300;
/** The resolution at which one pixel of an SVG becomes one pixel of a PNG. */
const SVG_DPI = 72;
const PDF_POINTS_PER_PX = 72 / CSS_DPI;

/** One row of a figure's data, with units in the names of the columns. */
export type Row = Readonly<Record<string, string | number>>;

/** A Vega-Lite specification without data and theme, which `renderFigure` adds. */
export type VegaLiteSpec = Readonly<Record<string, unknown>>;

/** A figure: its data, and how Vega-Lite draws them. */
export interface Figure {
  /** The name of its files, without extension. */
  readonly name: string;
  /** What it shows. Not drawn: journals set titles as captions. */
  readonly title: string;
  readonly spec: VegaLiteSpec;
  readonly data: readonly Row[];
}

/**
 * Writes a figure as SVG, PDF (fonts embedded), PNG (300 dpi), Vega-Lite specification and CSV. The same data give the
 * same bytes.
 *
 * @returns the paths of the files
 * @throws Error if Vega warns of anything
 */
export async function renderFigure(figure: Figure, folder: string, theme: Theme = DEFAULT_THEME): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const path = (extension: string) => join(folder, `${figure.name}.${extension}`);
  const spec = completeSpec(figure, theme);
  const svg = await renderSvg(spec, theme.font);
  writeFileSync(path("svg"), svg);
  writeFileSync(path("vl.json"), `${JSON.stringify(spec, null, 2)}\n`);
  writeFileSync(path("csv"), stringify([...figure.data], { header: true }));
  await writePdf(svg, figure.title, path("pdf"), theme.font);
  registerFont();
  const { default: sharp } = await import("sharp");
  await sharp(Buffer.from(svg), { density: (PRINT_DPI * SVG_DPI) / CSS_DPI })
    .withMetadata({ density: PRINT_DPI })
    .png()
    .toFile(path("png"));
  return ["svg", "pdf", "png", "vl.json", "csv"].map(path);
}

/** The figure as SVG text, for notebooks and pages. */
export async function figureSvg(figure: Figure, theme: Theme = DEFAULT_THEME): Promise<string> {
  return renderSvg(completeSpec(figure, theme), theme.font);
}

function completeSpec({ title, spec, data }: Figure, theme: Theme): TopLevelSpec {
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    description: title,
    ...spec,
    data: { values: data },
    config: vegaConfig(theme),
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
  const [, width = "0", height = "0"] = /width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
  const size: [number, number] = [Number(width) * PDF_POINTS_PER_PX, Number(height) * PDF_POINTS_PER_PX];
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
