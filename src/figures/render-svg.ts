import type { TopLevelSpec } from "vega-lite";
import { type FontName, textWidthPx } from "./font.js";

/** How Vega measures text, which always has a size; its types leave this out. */
interface TextMetrics {
  width(item: { fontSize: number; fontWeight?: number | string }, text: unknown): number;
}

/** Without a canvas, Vega takes every letter for 0.8 em wide. The real widths leave more room for the data. */
function measureTextWith(vega: object, font: FontName): void {
  const { textMetrics } = vega as unknown as { textMetrics: TextMetrics };
  textMetrics.width = ({ fontSize, fontWeight }, text) => textWidthPx(font, String(text), fontSize, fontWeight);
}

/**
 * The SVG that Vega makes of a specification. A page has a file in place of this one.
 *
 * @throws Error if Vega warns of anything
 */
export async function renderSvg(spec: TopLevelSpec, font: FontName): Promise<string> {
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
