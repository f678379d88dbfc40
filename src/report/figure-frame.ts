import type { Figure } from "../figures/figure.js";
import { interactiveFigure } from "../figures/interactive-figure.js";
import type { Theme } from "../figures/theme.js";
import { figureElement } from "./parts/figure-element.js";
import { htmlPage } from "./parts/html-page.js";
import { pageFrame } from "./parts/page-frame.js";

/** Room below the drawing for its choice of series, its files and its caption. */
const TOOLS_PX = 150;

/**
 * A figure for a notebook's cell whose marks say what they stand for when the pointer is on them, with a choice of
 * series, its files and its data. It is a page in a frame: nothing is fetched. With half a megabyte it is far larger
 * than the picture that `figureSvg` gives.
 *
 * @param theme what differs from `DEFAULT_THEME`
 * @throws UserError if the theme does not fit
 * @example display.html(await figureFrame(figure));
 */
export async function figureFrame(figure: Figure, theme: Partial<Theme> = {}): Promise<string> {
  const { interactive, heightPx } = await interactiveFigure(figure, theme);
  const page = htmlPage({
    title: interactive.title,
    body: figureElement(interactive),
    script: "figure-page.js",
    data: { "figure-data": interactive },
  });
  return pageFrame(interactive.title, page, heightPx + TOOLS_PX);
}
