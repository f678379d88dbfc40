import { axisTitle } from "./axes.js";
import { logTicks } from "./axis-ticks.js";
import type { Figure, Position, Unit } from "./figure.js";
import type { Layout } from "./layout.js";
import { legendAt } from "./legend.js";
import { panelHeading, panelsOf } from "./panel-heading.js";

const MARGIN_SHARE = 0.04;
/** The highest over the lowest ratio up to which ticks are evenly spaced, and how many steps they make about. */
const NARROW = 4;
const NARROW_STEPS = 6;

/** A ratio with its interval: a row of a panel. */
export interface RatioRow {
  readonly quantity: string;
  readonly verdict: string;
  readonly ratio: number;
  readonly low?: number;
  readonly high?: number;
}

/** How a verdict looks, whichever others there are. */
export interface VerdictLook {
  readonly verdict: string;
  readonly colour: number;
  readonly shape: string | undefined;
}

/** What panels of ratios show. */
export interface RatioPanels {
  readonly panels: readonly { readonly quantity: string; readonly heading: string }[];
  readonly data: readonly RatioRow[];
  readonly looks: readonly VerdictLook[];
  /** Of the axis of ratios. */
  readonly title: string;
  /** The field of the data that a row is named by, and the names from top to bottom. */
  readonly field: string;
  readonly rows: readonly string[];
  /** A band around 1. */
  readonly band?: { readonly low: number; readonly high: number };
}

/** What a figure of ratios with their intervals and verdicts is: panels side by side, one a quantity that there is. */
export function ratioPanels(ratios: RatioPanels): Pick<Figure, "shape" | "spec"> {
  const { data, rows } = ratios;
  const panels = ratios.panels.filter(({ quantity }) => data.some((row) => row.quantity === quantity));
  return {
    shape: {
      width: "page",
      panels: panels.length,
      ofRows: true,
      plotHeightPx: ({ linePx }) => Math.ceil(linePx + 1) * rows.length,
    },
    spec: (layout) => specOf({ ...ratios, panels }, layout),
  };
}

function specOf({ panels, data, looks, title, field, rows, band }: RatioPanels, layout: Layout) {
  const ends = data.flatMap(({ ratio, low = ratio, high = ratio }) => [low, high]);
  const span = [Math.min(band?.low ?? 1, ...ends), Math.max(band?.high ?? 1, ...ends)] as const;
  const verdicts = new Set(data.map(({ verdict }) => verdict));
  const x: Position = {
    type: "quantitative",
    title: axisTitle(title, layout, "x"),
    scale: { type: "log", nice: false, domain: [...around(span)] },
    axis: { values: ratioTicks(span), format: "~r", labelOverlap: "greedy", labelSeparation: 3 },
  };
  const bands: Unit[] =
    band === undefined
      ? []
      : [
          {
            data: { values: [{}] },
            mark: { type: "rect", opacity: 0.12, color: layout.ink },
            encoding: { x: { ...x, datum: band.low }, x2: { datum: band.high } },
          },
        ];
  return panelsOf(
    layout,
    panels.map((panel, index) => ({
      width: layout.plot.widthPx,
      height: layout.plot.heightPx,
      layer: [
        panelHeading(panel.heading, layout),
        ...bands,
        {
          data: { values: [{}] },
          mark: { type: "rule", strokeDash: [4, 3] },
          encoding: { x: { ...x, datum: 1 } },
        },
        ...rowLayers(
          panel.quantity,
          x,
          rowAxis(field, rows, index === 0 || layout.isNarrow),
          verdictMarks(looks, verdicts, layout),
        ),
      ],
    })),
  );
}

/** The intervals and the points of a quantity. */
function rowLayers(
  quantity: string,
  x: Position,
  y: Position,
  { color, shape }: ReturnType<typeof verdictMarks>,
): Unit[] {
  const ofQuantity = { filter: `datum.quantity == '${quantity}'` };
  return [
    {
      transform: [ofQuantity, { filter: "isValid(datum.low)" }],
      mark: { type: "rule", strokeWidth: 1.4 },
      encoding: { y, x: { ...x, field: "low" }, x2: { field: "high" }, color },
    },
    {
      transform: [ofQuantity],
      mark: { type: "point", size: 34 },
      encoding: { y, x: { ...x, field: "ratio" }, color, shape },
    },
  ];
}

/** A row for each name; labels stand at the first panel only where panels are side by side. */
function rowAxis(field: string, rows: readonly string[], isLabelled: boolean): Position {
  const axis = { grid: false, labels: isLabelled, ticks: isLabelled, labelLimit: 0 };
  return { field, type: "nominal", title: null, scale: { domain: [...rows] }, axis };
}

/** Colour and shape of the verdicts that there are. */
function verdictMarks(looks: readonly VerdictLook[], verdicts: ReadonlySet<string>, layout: Layout) {
  const shown = looks.filter(({ verdict }) => verdicts.has(verdict));
  const domain = shown.map(({ verdict }) => verdict);
  const look = (range: string[]) => ({
    field: "verdict",
    type: "nominal" as const,
    title: null,
    scale: { domain, range },
    legend: legendAt(layout, null, domain, "below"),
  });
  return {
    color: look(shown.map(({ colour }) => layout.colour(colour))),
    shape: look(shown.map(({ shape = "circle" }) => shape)),
  };
}

/** A little more than the ratios span, so that no label of a tick between them hangs over the edge. */
function around([low, high]: readonly [number, number]): readonly [number, number] {
  const margin = (high / low) ** MARGIN_SHARE;
  return [low / margin, high * margin];
}

/** 1, 2, 5, … over a wide range; over a narrow one, where there may be none of them, evenly spaced. */
function ratioTicks([low, high]: readonly [number, number]): number[] {
  const step = (high - low) / NARROW_STEPS;
  const even =
    [1, 2, 5, 10].map((digit) => digit * 10 ** Math.floor(Math.log10(step))).find((nice) => nice >= step) ?? step;
  const ticks =
    high / low > NARROW
      ? logTicks([low, high])
      : Array.from({ length: Math.ceil(high / even) }, (_, index) => Number(((index + 1) * even).toPrecision(6)));
  return ticks.filter((tick) => tick >= low && tick <= high);
}
