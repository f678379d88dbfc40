import { escapeHtml } from "../../core/text-table.js";
import type { InteractiveFigure } from "../../figures/interactive-figure.js";

/**
 * Where a figure goes in a page.
 *
 * @param drawn what is shown until the page draws it, an SVG
 */
export function figureElement({ name, caption, description }: InteractiveFigure, drawn = ""): string {
  const picture = stillPicture(drawn).replace("<svg ", `<svg role="img" aria-label="${escapeHtml(description)}" `);
  return (
    `<figure data-figure="${escapeHtml(name)}"><div class="drawing">${picture}</div><div class="tools"></div>` +
    `<figcaption>${escapeHtml(caption)}</figcaption></figure>`
  );
}

/** What Vega says of each mark, which speaks as part of the whole, and what changes nothing of a picture. */
const NEEDLESS =
  / (role="graphics-\w+"|aria-(label|roledescription|hidden)="[^"]*"|class="[^"]*"|pointer-events="none"|opacity="1"|stroke-width="1")/g;
const PLACES = / (d|transform|[xy][12]?|width|height)="[^"]*"/g;

/** A picture of Vega's without what only a drawn figure needs, its places to the hundredth of a pixel: half as long. */
function stillPicture(svg: string): string {
  return svg.replaceAll(/<[^>]*>/g, (tag) =>
    tag
      .replaceAll(NEEDLESS, "")
      .replaceAll(PLACES, (place) =>
        place.replaceAll(/\d+\.\d{3,}/g, (number) => `${Number(Number(number).toFixed(2))}`),
      ),
  );
}
