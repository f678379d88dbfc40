import { captionOf } from "./caption.js";
import type { Figure } from "./figure.js";
import { describeFigure } from "./figure-description.js";
import { distinctKeys, laidOut } from "./laid-out.js";
import type { ShownQuantityName } from "./shown-quantity.js";
import { type Theme, themeOf } from "./theme.js";

/** A figure that a browser draws with Vega. */
export interface InteractiveFigure {
  readonly name: string;
  /** What it shows, in a line without a full stop. */
  readonly title: string;
  readonly caption: string;
  /** What it shows, for who does not see it. */
  readonly description: string;
  /** Vega's specification with the data, laid out. */
  readonly spec: object;
  /** The rows of its data, for a table and a file. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** The series of its legend, and the column that tells them apart. */
  readonly series: { readonly column: string; readonly values: readonly string[] } | undefined;
}

/** What of a reader's choice a figure is of; what it does not depend on is left out. */
export interface FigureChoice {
  readonly device?: string;
  readonly sizePx?: number;
  readonly quantity?: ShownQuantityName;
}

/** A figure among those that a reader can choose. */
export interface ChosenFigure {
  readonly of: FigureChoice;
  readonly figure: InteractiveFigure;
}

/** Such a figure, and its picture for where nothing is drawn yet: its letters are not embedded. */
export interface DrawnFigure {
  readonly interactive: InteractiveFigure;
  readonly svg: string;
  readonly heightPx: number;
}

/**
 * A figure for a browser: its marks say what they stand for.
 *
 * @param theme what differs from `DEFAULT_THEME`
 * @throws UserError if the theme does not fit
 */
export async function interactiveFigure(figure: Figure, theme: Partial<Theme> = {}): Promise<DrawnFigure> {
  const { name, title, data } = figure;
  const { spec: drawn, svg, heightPx } = await laidOut(figure, themeOf(theme));
  const { compile } = await import("vega-lite");
  const { config = {} } = drawn;
  const { spec } = compile({ ...drawn, config: { ...config, mark: { ...config.mark, tooltip: { content: "data" } } } });
  const columns = distinctKeys(data);
  return {
    interactive: {
      name,
      title,
      caption: captionOf(figure),
      description: describeFigure(figure),
      spec,
      columns,
      rows: data.map((row) => columns.map((column) => row[column] ?? null)),
      series: seriesOf(figure, spec.scales as readonly Scale[] | undefined),
    },
    svg,
    heightPx,
  };
}

/** The theme of figures in a page: as wide as a phone bears, on the page's own paper. */
export const PAGE_THEME: Partial<Theme> = { width_mm: 125, background: "transparent" };

interface Scale {
  readonly name: string;
  readonly type?: string;
  readonly domain?: unknown;
}

/** The entries of the legend, what the scale tells apart that colours by names, and the column that has all of them. */
function seriesOf({ data }: Figure, scales: readonly Scale[] = []): InteractiveFigure["series"] {
  const domain = scales.find(({ name, type }) => name === "color" && type === "ordinal")?.domain;
  if (!Array.isArray(domain) || domain.length < 2) return undefined;
  const values = domain.map(String);
  const column = distinctKeys(data).find((name) => {
    const found = new Set(data.map((row) => String(row[name])));
    return values.every((value) => found.has(value));
  });
  return column === undefined ? undefined : { column, values };
}
