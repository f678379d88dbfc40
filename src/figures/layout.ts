import { textWidthPx } from "./font.js";
import type { Theme } from "./theme.js";

const PX_PER_MM = 96 / 25.4;
/** One and two columns of a page. */
const WIDTH_MM = { column: 85, page: 174 } as const;
/** Up to this width panels stand above each other. */
const NARROW_MM = 130;
const PX_PER_PT = 4 / 3;
const LINE_HEIGHT = 1.25;
/** The room inside a figure's edge, and the data's height where nothing says otherwise. */
export const PADDING_PX = 4;
const PLOT_HEIGHT_PX = 180;
/** A first guess at what axes and legend take of the width: the data get what is left. */
const AROUND_PX = 60;

/** What a figure is drawn with: the theme in pixels, and the room that its data have. */
export interface Layout {
  /** Of the whole figure. */
  readonly widthPx: number;
  /** Of each panel, without axes. */
  readonly plot: { readonly widthPx: number; readonly heightPx: number };
  /** Whether panels stand above each other. */
  readonly isNarrow: boolean;
  readonly textPx: number;
  /** From one line of text to the next. */
  readonly linePx: number;
  /** Of series; they come round again. */
  colour(index: number): string;
  /** Of axes, texts and what is no series: dark on light paper, light on dark. */
  readonly ink: string;
  readonly grid: string;
  /** What a hollow mark is filled with. */
  readonly paper: string;
  /** A text in lines that are no wider than that. */
  wrapped(text: string, widthPx: number, weight?: number): string[];
  /** The width of a line of text. */
  widthOf(text: string, weight?: number): number;
}

/** How a figure is laid out where no theme says otherwise. */
export interface FigureShape {
  /** As wide as a column of a page, 85 mm, or as a page of two columns, 174 mm. */
  readonly width: "column" | "page";
  /** Panels that stand side by side on a page and above each other in a column. Default: 1. */
  readonly panels?: number;
  /** Whether they stand above each other on a page, too. */
  readonly stacked?: boolean;
  /** The height of a panel in pixels, without its axis. Default: that of a plot in a column. */
  plotHeightPx?(layout: Layout): number;
  /** Whether the panel has a row for each thing, so that it is as high as its rows need. */
  readonly ofRows?: boolean;
}

/** The layout of a figure before it is known what its axes need. */
export function layoutOf(theme: Theme, shape: FigureShape): Layout {
  const widthMm = theme.width_mm ?? WIDTH_MM[shape.width];
  const widthPx = Math.round(widthMm * PX_PER_MM);
  const textPx = theme.text_pt * PX_PER_PT;
  const isDark = luminance(theme.background) < 0.5;
  const isNarrow = widthMm < NARROW_MM;
  const widthOf = (text: string, weight?: number) => textWidthPx(theme.font, text, textPx, weight);
  const layout: Layout = {
    widthPx,
    plot: { widthPx: 0, heightPx: PLOT_HEIGHT_PX },
    isNarrow,
    textPx,
    linePx: LINE_HEIGHT * textPx,
    colour: (index) => theme.colours[index % theme.colours.length] ?? "#000000",
    ink: isDark ? "#e5e5e5" : "#333333",
    grid: isDark ? "#4d4d4d" : "#e5e5e5",
    paper: theme.background === "transparent" ? "white" : theme.background,
    widthOf,
    wrapped: (text, width, weight) => wrappedBy((line) => widthOf(line, weight), text, width),
  };
  const across = panelsAcross(layout, shape);
  const plotWidthPx = Math.max(LEAST_PLOT_PX, Math.floor((widthPx - AROUND_PX * across) / across));
  return withPlot(layout, plotWidthPx, shape.plotHeightPx?.(layout) ?? PLOT_HEIGHT_PX);
}

/** Less room than this no data get, and a figure becomes wider or higher than asked for. */
export const LEAST_PLOT_PX = 60;

/** The same layout with other room for the data. */
export function withPlot(layout: Layout, widthPx: number, heightPx: number): Layout {
  return { ...layout, plot: { widthPx, heightPx } };
}

/** How many panels stand side by side. */
export function panelsAcross({ isNarrow }: Pick<Layout, "isNarrow">, { panels = 1, stacked }: FigureShape): number {
  return isNarrow || stacked ? 1 : panels;
}

/** A text in as few lines as fit; a word that is wider than a line is cut into several. */
function wrappedBy(widthOf: (line: string) => number, text: string, widthPx: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (widthOf(longer) <= widthPx) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    line = "";
    for (const letter of word) {
      if (line !== "" && widthOf(line + letter) > widthPx) {
        lines.push(line);
        line = "";
      }
      line += letter;
    }
  }
  return [...lines, line];
}

/** How light a background is, 0 to 1 (ITU-R BT.709); what is behind a transparent one is taken for paper. */
function luminance(background: string): number {
  const [, ...parts] = /^#(..)(..)(..)$/.exec(background) ?? [];
  if (parts.length === 0) return 1;
  const [red = 0, green = 0, blue = 0] = parts.map((part) => Number.parseInt(part, 16) / 255);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
