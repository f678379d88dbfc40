import { z } from "zod";
import { readJsonFile } from "../core/json-file.js";
import { SCHEMA_KEY } from "../core/schema-key.js";
import { FONTS } from "./font.js";

/** Width of one and of two columns of a page at 96 CSS pixels per inch: 85 mm and 174 mm. */
export const COLUMN_PX = 321;
export const PAGE_PX = 658;

/** A figure as wide as a column, axes and legend included. */
export const COLUMN = { width: COLUMN_PX, height: 230, autosize: { type: "fit", contains: "padding" } } as const;

/** A figure as wide as a page, axes and legend included. */
export const PAGE = { ...COLUMN, width: PAGE_PX } as const;

/** What the page gives to the axis on the left, the gap between the panels and the margins. */
const AROUND_PANELS_PX = 101;

/** The width of each of two panels side by side. */
export const PANEL_PX = (PAGE_PX - AROUND_PANELS_PX) / 2;

/**
 * Okabe and Ito (2008), and two of Paul Tol's: told apart with any colour vision. Shapes and dashes repeat what colours
 * say, for grey print.
 */
export const COLOURS = [
  "#0072B2",
  "#D55E00",
  "#009E73",
  "#CC79A7",
  "#E69F00",
  "#56B4E9",
  "#000000",
  "#999999",
  "#882255",
  "#44AA99",
];
export const SHAPES = [
  "circle",
  "square",
  "triangle-up",
  "diamond",
  "cross",
  "triangle-down",
  "triangle-right",
  "triangle-left",
  "M0,-1L0.87,-0.5L0.87,0.5L0,1L-0.87,0.5L-0.87,-0.5Z", // a hexagon
  "M-1,-0.4L1,-0.4L1,0.4L-1,0.4Z", // a bar
];
/** The first is solid. */
export const DASHES = [
  [1, 0],
  [6, 2],
  [2, 2],
  [6, 2, 2, 2],
  [8, 3],
  [1, 2],
  [4, 1],
  [3, 3],
  [10, 2, 2, 2],
  [1, 4],
];

const PT_PER_PX = 0.75;

const themeSchema = z.strictObject({
  font: z
    .enum(["sans", "serif"], "allowed are sans, serif")
    .default("sans")
    .describe("Source Sans 3 or Source Serif 4"),
  text_pt: z
    .number()
    .min(4, "allowed is at least 4")
    .max(24, "allowed is at most 24")
    .default(8.25)
    .describe("Size of labels in points; titles are a little larger. Journals want 8 to 9 pt"),
  colours: z
    .array(z.string().regex(/^#[0-9a-fA-F]{6}$/, "allowed are colours as #rrggbb"))
    .min(1, "requires at least one colour")
    .default(COLOURS)
    .describe("Colours of series in their order"),
  background: z
    .string()
    .regex(/^(#[0-9a-fA-F]{6}|transparent|white)$/, "allowed are #rrggbb, white, transparent")
    .default("white")
    .describe("What lies behind a figure"),
});

/** What a theme file says; a part of it is enough. */
export const themeFileSchema = z.strictObject({ ...SCHEMA_KEY, ...themeSchema.shape });

/** What all figures of a paper share. */
export type Theme = z.infer<typeof themeSchema>;

export const DEFAULT_THEME: Theme = themeSchema.parse({});

/**
 * A theme from a user's JSON file, e.g. `{ "font": "serif", "text_pt": 9 }`.
 *
 * @throws UserError naming the first value that does not fit
 */
export function readTheme(path: string): Theme {
  const { $schema: _, ...theme } = readJsonFile(path, "theme", themeFileSchema);
  return theme;
}

/** A theme as Vega-Lite's configuration. */
export function vegaConfig({ font, text_pt, colours, background }: Theme) {
  const textPx = text_pt / PT_PER_PX;
  return {
    font: FONTS[font].family,
    padding: 4,
    background,
    view: { stroke: null },
    mark: { color: colours[0] },
    axis: {
      labelFlush: false,
      labelFontSize: textPx,
      titleFontSize: textPx + 1,
      titleFontWeight: 400,
      gridColor: "#e5e5e5",
      domainColor: "#333333",
      tickColor: "#333333",
    },
    legend: {
      symbolStrokeWidth: 0,
      labelFontSize: textPx,
      titleFontSize: textPx,
      titleFontWeight: 400,
      symbolSize: 50,
    },
    text: { fontSize: textPx },
    style: { heading: { fontWeight: 600 } },
    line: { strokeWidth: 1.4 },
    rule: { color: "#333333" },
    point: { size: 28, filled: true, opacity: 1 },
    range: { category: colours, symbol: SHAPES },
  } as const;
}
