import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

/** Width of one and of two columns of a page at 96 CSS pixels per inch: 85 mm and 174 mm. */
export const COLUMN_PX = 321;
export const PAGE_PX = 658;

/** The font of all figures: it comes with the project, so that they look the same everywhere. */
export const FONT_FAMILY = "Source Sans 3";
const require = createRequire(import.meta.url);
const FONT_PACKAGE = "@expo-google-fonts/source-sans-3";
export const FONT_FILES = {
  regular: require.resolve(`${FONT_PACKAGE}/400Regular/SourceSans3_400Regular.ttf`),
  semibold: require.resolve(`${FONT_PACKAGE}/600SemiBold/SourceSans3_600SemiBold.ttf`),
} as const;

/** Okabe and Ito (2008): told apart with any colour vision. Shapes and dashes repeat what colours say, for grey print. */
export const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999999"];
export const SHAPES = [
  "circle",
  "square",
  "triangle-up",
  "diamond",
  "cross",
  "triangle-down",
  "triangle-right",
  "stroke",
];
/** The first is as good as solid: PDF knows no dash with a gap of 0. */
export const DASHES = [
  [100, 0.1],
  [6, 2],
  [2, 2],
  [6, 2, 2, 2],
  [8, 3],
  [1, 2],
  [4, 1],
  [3, 3],
];

/** Sizes in CSS pixels: 11 px are 8.25 pt. */
const TEXT_PX = 11;

/** Vega-Lite's configuration for all figures. */
export const THEME = {
  font: FONT_FAMILY,
  background: "white",
  view: { stroke: null },
  axis: {
    labelFontSize: TEXT_PX,
    titleFontSize: TEXT_PX + 1,
    titleFontWeight: 400,
    gridColor: "#e5e5e5",
    domainColor: "#333333",
    tickColor: "#333333",
  },
  legend: { orient: "top", labelFontSize: TEXT_PX, titleFontSize: TEXT_PX, titleFontWeight: 400, symbolSize: 50 },
  header: { labelFontSize: TEXT_PX + 1, titleFontSize: TEXT_PX + 1, labelFontWeight: 600 },
  title: { fontSize: TEXT_PX + 1, fontWeight: 600, anchor: "start" as const },
  line: { strokeWidth: 1.4 },
  point: { size: 28, filled: true, opacity: 1 },
  range: { category: COLOURS, symbol: SHAPES },
} as const;

/** Makes the font known to the library that draws text in PNG files; must run before the first of them. */
export function registerFont(): void {
  const folder = join(tmpdir(), `batchwise-fonts-${process.getuid?.() ?? 0}`);
  mkdirSync(folder, { recursive: true });
  for (const file of Object.values(FONT_FILES)) copyFileSync(file, join(folder, basename(file)));
  const configuration = join(folder, "fonts.conf");
  writeFileSync(
    configuration,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${folder}</dir><cachedir>${folder}</cachedir></fontconfig>`,
  );
  process.env.FONTCONFIG_FILE = configuration;
}
