import { escapeHtml } from "../core/text-table.js";
import type { InteractiveFigure } from "../figures/interactive-figure.js";

/**
 * Where a figure goes in a page.
 *
 * @param drawn what is shown until the page draws it, an SVG
 */
export function figureElement({ name, caption }: InteractiveFigure, drawn = ""): string {
  return (
    `<figure data-figure="${escapeHtml(name)}"><div class="drawing">${drawn}</div><div class="tools"></div>` +
    `<figcaption>${escapeHtml(caption)}</figcaption></figure>`
  );
}
