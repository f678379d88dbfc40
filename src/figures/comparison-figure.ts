import type { Comparison } from "../compare/compare-datasets.js";
import { type ComparedQuantity, type JudgedRatio, marginInterval, type Verdict } from "../compare/verdict.js";
import { cellWords } from "../core/cell-words.js";
import type { Figure } from "./figure.js";
import { ratioPanels, type VerdictLook } from "./ratio-panels.js";
import { SHAPES } from "./theme.js";

const PANELS: readonly { readonly quantity: ComparedQuantity; readonly heading: string }[] = [
  { quantity: "latency_ms", heading: "(a) Latency L" },
  { quantity: "warmup_ms", heading: "(b) Warm-up W" },
];
const ALL = "all cells";
/** Of the times that are compared; a verdict has its colour and its shape whichever others there are. */
const LOOKS: readonly (VerdictLook & { readonly verdict: Verdict })[] = [
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
      ...compared.cells.map((cell) => rowOf(quantity, cellWords(cell), cell.ratio)),
      rowOf(quantity, ALL, compared.overall),
    ];
  });
  const cells = [...new Set(data.map(({ cell }) => cell))].filter((cell) => cell !== ALL);
  const rows = [...cells, ALL];
  const band = marginInterval(margin);
  const percent = Number((100 * margin).toPrecision(3));
  return {
    name: "comparison",
    title: "B over A of latency and warm-up, cell by cell and over all cells",
    notes: [
      "Marks are ratios of geometric means over processes, bars 95 % intervals.",
      `The band is the margin of ±${percent} % within which a whole interval counts as the same.`,
      "A difference is significant as one of all these ratios together (Holm, 5 %).",
    ],
    data,
    ...ratioPanels({ panels: PANELS, data, looks: LOOKS, title: "B over A", field: "cell", rows, band }),
  };
}

function rowOf(quantity: ComparedQuantity, cell: string, { ratio, interval, verdict }: JudgedRatio) {
  return { quantity, cell, verdict, ratio, ...interval };
}
