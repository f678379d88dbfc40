import { escapeHtml } from "../../core/text-table.js";
import type { InteractiveFigure } from "../../figures/interactive-figure.js";

/**
 * Where a figure goes in a page.
 *
 * @param drawn what is shown until the page draws it, an SVG
 */
export function figureElement({ name, caption, description }: InteractiveFigure, drawn = ""): string {
  // The picture speaks as a whole: what Vega says of each mark is left out.
  const marks = drawn.replaceAll(/ (role="graphics-\w+"|aria-(label|roledescription|hidden)="[^"]*")/g, "");
  const picture = marks.replace("<svg ", `<svg role="img" aria-label="${escapeHtml(description)}" `);
  return (
    `<figure data-figure="${escapeHtml(name)}"><div class="drawing">${picture}</div><div class="tools"></div>` +
    `<figcaption>${escapeHtml(caption)}</figcaption></figure>`
  );
}
