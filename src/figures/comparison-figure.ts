import type { Comparison } from "../compare/compare-datasets.js";
import { type ComparedQuantity, type JudgedRatio, marginInterval, type Verdict } from "../compare/verdict.js";
import { axisTitle } from "./axes.js";
import { logTicks } from "./axis-ticks.js";
import type { Figure, Position, Unit } from "./figure.js";
import type { Layout } from "./layout.js";
import { legendAt } from "./legend.js";
import { panelHeading, panelsOf } from "./panel-heading.js";
import { SHAPES } from "./theme.js";

const PANELS: readonly { readonly quantity: ComparedQuantity; readonly heading: string }[] = [
  { quantity: "latency_ms", heading: "(a) Latency L" },
  { quantity: "warmup_ms", heading: "(b) Warm-up W" },
];
const ALL = "all cells";
const MARGIN_SHARE = 0.04;
/** The highest over the lowest ratio up to which ticks are evenly spaced, and how many steps they make about. */
const NARROW = 4;
const NARROW_STEPS = 6;

/** Of the times that are compared; a verdict has its colour and its shape whichever others there are. */
const LOOKS: readonly { readonly verdict: Verdict; readonly colour: number; readonly shape: string | undefined }[] = [
  { verdict: "faster", colour: 0, shape: SHAPES[5] },
  { verdict: "slower", colour: 1, shape: SHAPES[2] },
  { verdict: "same", colour: 2, shape: SHAPES[0] },
  { verdict: "undecided", colour: 7, shape: SHAPES[1] },
];

/**
 * B over A of each cell's latency and warm-up with 95 % intervals, and of all cells; the margin of `same` is a band.
 */
export function comparisonFigure({ quantities, margin }: Pick<Comparison, "quantities" | "margin">): Figure {
  const data = PANELS.flatMap(({ quantity }) => {
    const compared = quantities.find((one) => one.quantity === quantity);
    if (compared === undefined) return [];
    return [
      ...compared.cells.map(({ inputSizePx, miniBatchSize, ratio }) =>
        rowOf(quantity, `${inputSizePx} px × ${miniBatchSize}`, ratio),
      ),
      rowOf(quantity, ALL, compared.overall),
    ];
  });
  const cells = [...new Set(data.map(({ cell }) => cell))].filter((cell) => cell !== ALL);
  const rows = [...cells, ALL];
  const { low, high } = marginInterval(margin);
  const ends = data.flatMap(({ ratio, low: least = ratio, high: most = ratio }) => [least, most]);
  const span = [Math.min(low, ...ends), Math.max(high, ...ends)] as const;
  const percent = Number((100 * margin).toPrecision(3));
  const panels = PANELS.filter(({ quantity }) => data.some((row) => row.quantity === quantity));
  const verdicts = new Set(data.map(({ verdict }) => verdict));
  return {
    name: "comparison",
    title: "B over A of latency and warm-up, cell by cell and over all cells",
    notes: [
      "Marks are ratios of geometric means over processes, bars 95 % intervals.",
      `The band is the margin of ±${percent} % within which a whole interval counts as the same.`,
      "A difference is significant as one of all these ratios together (Holm, 5 %).",
    ],
    shape: {
      width: "page",
      panels: panels.length,
      ofRows: true,
      plotHeightPx: ({ linePx }) => Math.ceil(linePx + 1) * rows.length,
    },
    data,
    spec: (layout) => {
      const x: Position = {
        type: "quantitative",
        title: axisTitle("B over A", layout, "x"),
        scale: { type: "log", nice: false, domain: [...around(span)] },
        axis: { values: ratioTicks(span), format: "~r", labelOverlap: "greedy", labelSeparation: 3 },
      };
      return panelsOf(
        layout,
        panels.map((panel, index) => ({
          width: layout.plot.widthPx,
          height: layout.plot.heightPx,
          layer: [
            panelHeading(panel.heading, layout),
            {
              data: { values: [{}] },
              mark: { type: "rect", opacity: 0.12, color: layout.ink },
              encoding: { x: { ...x, datum: low }, x2: { datum: high } },
            },
            {
              data: { values: [{}] },
              mark: { type: "rule", strokeDash: [4, 3] },
              encoding: { x: { ...x, datum: 1 } },
            },
            ...rowLayers(
              panel.quantity,
              x,
              rowAxis(rows, index === 0 || layout.isNarrow),
              verdictMarks(verdicts, layout),
            ),
          ],
        })),
      );
    },
  };
}

/** The intervals and the points of a quantity. */
function rowLayers(
  quantity: ComparedQuantity,
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

/** A row for each cell; labels stand at the first panel only where panels are side by side. */
function rowAxis(rows: readonly string[], isLabelled: boolean): Position {
  const axis = { grid: false, labels: isLabelled, ticks: isLabelled, labelLimit: 0 };
  return { field: "cell", type: "nominal", title: null, scale: { domain: [...rows] }, axis };
}

/** Colour and shape of the verdicts that there are. */
function verdictMarks(verdicts: ReadonlySet<Verdict>, layout: Layout) {
  const shown = LOOKS.filter(({ verdict }) => verdicts.has(verdict));
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

function rowOf(quantity: ComparedQuantity, cell: string, { ratio, interval, verdict }: JudgedRatio) {
  return { quantity, cell, verdict, ratio, ...interval };
}
