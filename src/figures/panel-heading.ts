import { PANEL_PX } from "./theme.js";

/**
 * The heading of a panel as a layer of it: a mark, because the titles of panels stand at different heights where one
 * has labels and the other has none.
 */
export function panelHeading(text: string, widthPx = PANEL_PX) {
  return { data: { values: [{}] }, mark: { type: "text", x: widthPx / 2, y: -14, style: "heading", text } };
}
