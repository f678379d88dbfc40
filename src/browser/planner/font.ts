import { once } from "../../core/once.js";
import type * as font from "../../figures/font.js";

/** Takes the place of the file of that name in src/figures where a page draws: it carries the letters, in one font. */
export const FONTS: Readonly<Record<font.FontName, { readonly name: string; readonly family: string }>> = {
  sans: { name: "'Source Sans 3'", family: "'Source Sans 3', sans-serif" },
  serif: { name: "'Source Serif 4'", family: "'Source Serif 4', serif" },
};

const ruler = once(() => {
  const context = document.createElement("canvas").getContext("2d");
  if (context === null) throw new Error("page: it can measure no text");
  return context;
});

/** The width of a line of text in pixels, as the browser sets it. */
export const textWidthPx: typeof font.textWidthPx = (name, text, sizePx, weight = 400) => {
  const context = ruler();
  context.font = `${weight} ${sizePx}px ${FONTS[name].family}`;
  return context.measureText(text).width;
};
