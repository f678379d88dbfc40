import { z } from "zod";
import { checkValue } from "../core/check-value.js";
import { SCHEMA_KEY } from "../core/schema-key.js";

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
/** An × of two strokes: what failed. */
export const CROSS = "M-0.7,-0.7L0.7,0.7M-0.7,0.7L0.7,-0.7";
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

const themeSchema = z.strictObject({
  width_mm: z
    .number()
    .min(50, "allowed is at least 50")
    .max(400, "allowed is at most 400")
    .optional()
    .describe("Width of every figure, axes and legend included. If left out, 85 or 174 as the figure needs"),
  height_mm: z
    .number()
    .min(40, "allowed is at least 40")
    .max(400, "allowed is at most 400")
    .optional()
    .describe("Height of every figure but those with a row for each feature or cell, which are as high as their rows"),
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
    .describe("Colours of series in their order; they come round again"),
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
 * A whole theme from a part of one: what it leaves out is that of `DEFAULT_THEME`.
 *
 * @throws UserError naming the first value that does not fit
 * @example themeOf({ width_mm: 120, text_pt: 7 }).font // "sans"
 */
export function themeOf(part: Partial<Theme> = {}): Theme {
  return checkValue(part, "theme", themeSchema);
}
