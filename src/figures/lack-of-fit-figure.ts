import { distinct } from "../core/distinct.js";
import type { LackOfFit } from "../fit/lack-of-fit.js";
import { axisTitle, ticksAt } from "./axes.js";
import { powersOfTwo } from "./axis-ticks.js";
import type { Figure, Position } from "./figure.js";
import { panelHeading, panelsOf } from "./panel-heading.js";
import { series } from "./series.js";

/** A quantity's name for readers, and how its chosen function misses its cells. */
export interface MisfitPanel {
  readonly heading: string;
  readonly test: LackOfFit;
}

/** From one input size to the next, as a factor of the mini-batch size. */
const ASIDE = 1.06;

/**
 * How far chosen forms are off (%) at each measured cell, by mini-batch size, one colour and shape for each input
 * size: marks with 95 % intervals from the scatter of trials. A law that is right has marks on both sides of 0 in no
 * order.
 */
export function lackOfFitFigure(panels: readonly MisfitPanel[]): Figure {
  const sizes = distinct(panels.flatMap(({ test }) => test.cells.map(({ inputSizePx }) => inputSizePx)));
  const data = panels
    .flatMap(({ heading, test }) =>
      test.cells.map(({ inputSizePx, miniBatchSize, error, interval }) => ({
        quantity: heading,
        input_size_px: inputSizePx,
        mini_batch_size: miniBatchSize,
        // Sizes stand side by side, so that intervals of the same mini-batch do not hide each other.
        place: miniBatchSize * ASIDE ** (sizes.indexOf(inputSizePx) - (sizes.length - 1) / 2),
        error_percent: 100 * error,
        low_percent: 100 * interval.low,
        high_percent: 100 * interval.high,
      })),
    )
    .sort((a, b) => a.input_size_px - b.input_size_px || a.mini_batch_size - b.mini_batch_size);
  return {
    name: "lack-of-fit",
    title: "How far the chosen forms are off at each measured cell",
    notes: [
      "Marks are the form over the mean of the cell's trials, bars 95 % intervals from the scatter of trials; sizes " +
        "stand beside each other at each mini-batch size.",
      "F and p are those of the test for lack of fit: a small p says that the form misses its cells by more than " +
        "trials scatter.",
      "Plans are made with a law and its deviation, which follows the cells: this is how far a form by itself goes.",
    ],
    shape: { width: "page", panels: panels.length, plotHeightPx: () => 210 },
    data,
    spec: (layout) => {
      const { marks } = series(layout, "input_size_px", "Input size (px)", sizes, { place: "below" });
      const x: Position = {
        field: "place",
        type: "quantitative",
        title: axisTitle("Mini-batch size", layout, "x"),
        scale: { type: "log", nice: false, padding: 6 },
        axis: ticksAt(powersOfTwo(data.map((row) => row.mini_batch_size))),
      };
      const y = (field: string): Position => ({
        field,
        type: "quantitative",
        title: axisTitle("Function over measured − 1 (%)", layout, "y"),
        axis: { tickCount: 7 },
      });
      return panelsOf(
        layout,
        panels.map(({ heading, test: { f, degrees, pValue } }, index) => ({
          width: layout.plot.widthPx,
          height: layout.plot.heightPx,
          transform: [{ filter: `datum.quantity === ${JSON.stringify(heading)}` }],
          layer: [
            panelHeading(
              `(${"abc"[index]}) ${heading}: F(${degrees.join(", ")}) = ${f.toPrecision(3)}, p = ${pValue.toPrecision(1)}`,
              layout,
            ),
            {
              mark: { type: "rule", strokeDash: [3, 3] },
              encoding: { y: { datum: 0, type: "quantitative" } },
            },
            {
              mark: { type: "rule", strokeWidth: 0.8 },
              encoding: { x, y: y("low_percent"), y2: { field: "high_percent" }, color: marks.color },
            },
            { mark: "point", encoding: { x, y: y("error_percent"), ...marks } },
          ],
        })),
      );
    },
  };
}
