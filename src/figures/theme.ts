/** Width of one and of two columns of a page at 96 CSS pixels per inch: 85 mm and 174 mm. */
export const COLUMN_PX = 321;
export const PAGE_PX = 658;

/** A figure as wide as a column, axes and legend included. */
export const COLUMN = { width: COLUMN_PX, height: 230, autosize: { type: "fit", contains: "padding" } } as const;

/** What the page gives to the axis on the left, the gap between the panels and the margins. */
const AROUND_PANELS_PX = 101;

/** The width of each of two panels side by side. */
export const PANEL_PX = (PAGE_PX - AROUND_PANELS_PX) / 2;

/** The fonts that text falls back to are for browsers without Source Sans; PDF and PNG use the font of the project. */
const FONT_FAMILY = "'Source Sans 3', sans-serif";

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
  "triangle-left",
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
];

/** Sizes in CSS pixels: 11 px are 8.25 pt. */
const TEXT_PX = 11;

/** Vega-Lite's configuration for all figures. */
export const THEME = {
  font: FONT_FAMILY,
  padding: 4,
  background: "white",
  view: { stroke: null },
  axis: {
    labelFlush: false,
    labelFontSize: TEXT_PX,
    titleFontSize: TEXT_PX + 1,
    titleFontWeight: 400,
    gridColor: "#e5e5e5",
    domainColor: "#333333",
    tickColor: "#333333",
  },
  legend: {
    symbolStrokeWidth: 0,
    labelFontSize: TEXT_PX,
    titleFontSize: TEXT_PX,
    titleFontWeight: 400,
    symbolSize: 50,
  },
  header: { labelFontSize: TEXT_PX + 1, titleFontSize: TEXT_PX + 1, labelFontWeight: 600 },
  title: { fontSize: TEXT_PX + 1, fontWeight: 600, anchor: "start" as const },
  line: { strokeWidth: 1.4 },
  point: { size: 28, filled: true, opacity: 1 },
  range: { category: COLOURS, symbol: SHAPES },
} as const;
